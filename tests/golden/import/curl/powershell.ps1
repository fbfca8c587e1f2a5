curl.exe "http://127.0.0.1:8080/a" `
  -H "x-a: say `"hi`""
