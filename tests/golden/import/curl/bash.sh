# Chrome, "Copy all as cURL (bash)"
curl 'http://127.0.0.1:8080/api/cart?x=1' \
  -H 'accept: application/json' \
  -H 'content-type: application/json' \
  -b 'session=abc; theme=dark' \
  --data-raw $'{"text":"it\'s \u00e9\\u0021","n":1.50}' \
  --compressed ;
curl "http://127.0.0.1:8080/items/${ITEM_ID}" -H "X-Key: $API_KEY" -H 'X-Text: ${no}' -u ann:geheim --digest
curl --data-binary @- http://127.0.0.1:8080/a <<EOF
two
EOF
curl -F 'name=Ann' -F 'f=@file;type=image/png;filename=a.png' http://127.0.0.1:8080/five --next -G -d q=1 127.0.0.1/two | jq .
