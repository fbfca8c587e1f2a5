curl ^"http://127.0.0.1:8080/a?x=1^&y=2^" ^
  -H ^"accept: text/html^" ^
  --data-raw ^"^{^\^"a^\^":^\^"50^% ^\^\n^\^"^}^"
