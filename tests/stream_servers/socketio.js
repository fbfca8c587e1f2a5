// A chat with npm's socket.io. Prints its port, and the counts of each socket.
//
// usage: socketio.js SECONDS
"use strict";
const http = require("http");
const {Server} = require("socket.io");
const {CountingServer, end} = require("./counted.js");

const server = http.createServer();
const io = new Server(server, {wsEngine: CountingServer, pingInterval: 300, pingTimeout: 60000});

io.on("connection", (socket) => {
	socket.on("join", (data, done) => {
		socket.join(data.room);
		done({id: "u" + data.number});
		for (let number = 0; number < data.ticks; number++)
			socket.emit("tick", {number});
	});
	socket.on("leave", (done) => done("bye"));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
end(process.argv[2]);
