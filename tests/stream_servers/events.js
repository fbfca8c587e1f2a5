// Event streams with Node.js: over HTTP/1.1 and, with a certificate, over HTTP/2; compressed as the path says
// (/gzip, /br, /deflate or /plain). Prints its port, and "stream PATH VERSION events COUNT" for each stream.
// A stream does not end after its last event.
//
// usage: events.js SECONDS [CERTIFICATE KEY]
"use strict";
const fs = require("fs");
const http = require("http");
const http2 = require("http2");
const zlib = require("zlib");
const {end} = require("./counted.js");

const coders = {
	"/gzip": ["gzip", () => zlib.createGzip()],
	"/br": ["br", () => zlib.createBrotliCompress()],
	"/deflate": ["deflate", () => zlib.createDeflate()],
};

function stream(request, response) {
	const url = new URL(request.url, "http://localhost");
	const count = Number(url.searchParams.get("count"));
	const [name, coder] = coders[url.pathname] ?? [];
	const out = coder ? coder() : response;
	response.writeHead(200, {"Content-Type": "text/event-stream", ...(name && {"Content-Encoding": name})});
	if (coder)
		out.pipe(response);
	let sent = 0;
	function send() {
		sent++;
		out.write(`id: ${sent}\nevent: tick\ndata: {"number": ${sent},\ndata: "text": "${"ä".repeat(sent)}"}\n\n`);
		if (coder)
			out.flush();
		if (sent < count)
			setTimeout(send, sent % 3);
		else
			fs.writeSync(1, `stream ${url.pathname} ${request.httpVersion} events ${sent}\n`);
	}
	send();
}

const server = process.argv.length > 3
	? http2.createSecureServer({cert: fs.readFileSync(process.argv[3]), key: fs.readFileSync(process.argv[4])}, stream)
	: http.createServer(stream);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
end(process.argv[2]);
