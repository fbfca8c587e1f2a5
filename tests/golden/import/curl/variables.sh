curl "http://127.0.0.1:8080/$id/$HOST?x=${key_1}" -H "X-Key: $key_1"
