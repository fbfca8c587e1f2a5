// The chat of README.md with npm's ws.
//
// usage: chat.js SECONDS
"use strict";
const {WebSocketServer} = require("ws");
const {end, report} = require("./counted.js");

const PIECE = 1000;

const server = new WebSocketServer({
	host: "127.0.0.1", port: 0, perMessageDeflate: true,
	handleProtocols: (names) => names.has("chat.v1") && "chat.v1",
});

function join(socket, data) {
	socket.ping("are you there");
	socket.once("pong", () => {
		socket.send(JSON.stringify({type: "ask", text: "who are you"}));
		socket.send(JSON.stringify({type: "joined", id: "u" + data.number}));
		for (let number = 0; number < data.ticks; number++)
			socket.send(JSON.stringify({type: "tick", number}));
	});
}

function sendInPieces(socket, text) {
	for (let at = 0; at < text.length; at += PIECE)
		socket.send(text.slice(at, at + PIECE), {fin: at + PIECE >= text.length});
}

server.on("connection", (socket) => {
	report(socket, (options) => options.fin !== false);
	socket.on("message", (message, isBinary) => {
		if (isBinary) {
			socket.send(Buffer.from(message).reverse());
			return;
		}
		const data = JSON.parse(message);
		if (data.type === "join")
			join(socket, data);
		else if (data.type === "big")
			sendInPieces(socket, JSON.stringify(
				{type: "page", text: "ä".repeat(data.letters), end: "of the page"}));
	});
});
server.on("listening", () => console.log(server.address().port));
end(process.argv[2]);
