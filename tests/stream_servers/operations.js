// Shared by the GraphQL servers: a schema of books, and a line for each operation.
"use strict";
const fs = require("fs");
const {GraphQLError} = require("graphql");

const typeDefs = `
	type Book { id: ID! title: String! price: Int }
	type Query { books(search: String): [Book!]! book(id: ID!): Book broken: Book! }
	type Mutation { order(id: ID!, count: Int!): Int! }
`;

const books = [
	{id: "1", title: "Streams"},
	{id: "2", title: "Rivers"},
	{id: "3", title: "Stones"},
];

const resolvers = {
	Query: {
		books: (_, {search}) => books.filter((book) => !search || book.title.includes(search)),
		book: (_, {id}) => books.find((book) => book.id === id),
		broken: () => {
			throw new GraphQLError("the book is lost", {extensions: {code: "LOST"}});
		},
	},
	Book: {
		// The price of one book cannot be read: a response with data and an error.
		price: (book) => {
			if (book.id === "3")
				throw new GraphQLError("no price for " + book.title);
			return 10 * Number(book.id);
		},
	},
	Mutation: {order: (_, {count}) => count},
};

// Prints the name of an operation that is performed.
function print(name) {
	fs.writeSync(1, `operation ${name}\n`);
}

module.exports = {print, resolvers, typeDefs};
