// Subscriptions with npm's graphql-ws. Prints its port, and the counts of each socket.
//
// usage: graphql_ws.js SECONDS
"use strict";
const {buildSchema} = require("graphql");
const {useServer} = require("graphql-ws/use/ws");
const {CountingServer, end} = require("./counted.js");

const schema = buildSchema(`
	type Tick { number: Int! }
	type Query { hello: String! }
	type Subscription { ticks(to: Int!): Tick! broken: Tick! }
`);

async function* ticks({to}) {
	for (let number = 0; number < to; number++)
		yield {ticks: {number}};
}

async function* broken() {
	yield {broken: null};
}

const server = new CountingServer({
	host: "127.0.0.1", port: 0, path: "/graphql", perMessageDeflate: true,
	handleProtocols: (names) => names.has("graphql-transport-ws") && "graphql-transport-ws",
});
useServer({schema, roots: {query: {hello: () => "hello"}, subscription: {ticks, broken}}}, server, 200);
server.on("listening", () => console.log(server.address().port));
end(process.argv[2]);
