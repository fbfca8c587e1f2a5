// Shared by the servers of npm: they count the messages of each socket, and end.
"use strict";
const fs = require("fs");
const {WebSocketServer} = require("ws");

// Prints the counts of SOCKET when it is closed. ISLAST: whether a call of `send` completes a message.
function report(socket, isLast = () => true) {
	const send = socket.send;
	let received = 0, sent = 0;
	socket.send = function (data, options, done) {
		sent += isLast(typeof options === "object" ? options : {}) ? 1 : 0;
		return send.call(this, data, options, done);
	};
	socket.on("message", () => received++);
	socket.on("close", (code) => {
		const compressed = socket.extensions ? "compressed" : "plain";
		// In one write: the lines must not mix.
		fs.writeSync(1, `closed ${code} received ${received} sent ${sent} ${socket.protocol || "none"} ${compressed}\n`);
	});
}

// A server of ws whose sockets are counted from their first message on.
class CountingServer extends WebSocketServer {
	completeUpgrade(extensions, key, protocols, request, socket, head, done) {
		super.completeUpgrade(extensions, key, protocols, request, socket, head, (opened, ...more) => {
			report(opened);
			done(opened, ...more);
		});
	}
}

function end(seconds) {
	setTimeout(() => process.exit(0), seconds * 1000);
}

module.exports = {CountingServer, end, report};
