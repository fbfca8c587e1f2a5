// Apollo Server (npm) with batches and persisted queries. Prints its port, and a line for each operation.
//
// usage: apollo.js SECONDS
"use strict";
const {ApolloServer} = require("@apollo/server");
const {startStandaloneServer} = require("@apollo/server/standalone");
const {end} = require("./counted.js");
const {print, resolvers, typeDefs} = require("./operations.js");

const counter = {
	async requestDidStart() {
		return {
			async executionDidStart({operationName}) {
				print(operationName);
			},
		};
	},
};

const server = new ApolloServer({typeDefs, resolvers, plugins: [counter], allowBatchedHttpRequests: true});
startStandaloneServer(server, {listen: {host: "127.0.0.1", port: 0}})
	.then(({url}) => console.log(new URL(url).port));
end(process.argv[2]);
