// GraphQL Yoga (npm) with batches and persisted queries. Prints its port, and a line for each operation.
//
// usage: yoga.js SECONDS
"use strict";
const http = require("http");
const {createSchema, createYoga} = require("graphql-yoga");
const {useAPQ} = require("@graphql-yoga/plugin-apq");
const {end} = require("./counted.js");
const {print, resolvers, typeDefs} = require("./operations.js");

const counter = {
	onExecute: ({args}) => print(args.document.definitions[0].name.value),
};

const yoga = createYoga({
	schema: createSchema({typeDefs, resolvers}), plugins: [useAPQ(), counter], batching: true, logging: false,
	graphqlEndpoint: "/",
});
const server = http.createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
end(process.argv[2]);
