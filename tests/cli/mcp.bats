# `reprise mcp`: the tools for assistants, over the Model Context Protocol.
load helper

setup_file() {
	start_nginx
}

teardown_file() {
	stop_servers
}

setup() {
	command -v python3 >/dev/null || skip "python3 is missing"
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir space
}

@test "an assistant checks, imports, runs and compares within its limits, and cancels a run" {
	python3 -B "$SRCDIR/tests/cli/mcp_client.py" "$REPRISE" space/folder "$SERVER_URL"
	[ ! -e new.yaml ]
	[ ! -e space/new.yaml ]
}

@test "run --only-hosts sends nothing if the scenario can contact another machine" {
	printf 'target: %s\nallowed_hosts: [cdn.example]\nsteps: [get: /a]\n' "$SERVER_URL" >space/a.yaml
	run "$REPRISE" run --once --only-hosts localhost,other.example space/a.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"space/a.yaml contacts cdn.example, which is not in --only-hosts; nothing was sent"* ]]
	run "$REPRISE" run --once --only-hosts 'other.example, cdn.example' space/a.yaml
	[ "$status" -eq 0 ]
	REPRISE_ONLY_HOSTS=other.example run "$REPRISE" run --once space/a.yaml
	[ "$status" -eq 2 ]
}

@test "the client of the Python package mcp lists and calls the tools" {
	python3 -c 'import mcp' 2>/dev/null || skip "the Python package mcp is missing"
	echo 'steps: [get: /]' >space/a.yaml
	python3 - "$REPRISE" space <<-'END'
		import asyncio, sys
		from mcp import ClientSession, StdioServerParameters
		from mcp.client.stdio import stdio_client

		async def main():
		    server = StdioServerParameters(command=sys.argv[1], args=["mcp", sys.argv[2]])
		    async with stdio_client(server) as (read, write):
		        async with ClientSession(read, write) as session:
		            await session.initialize()
		            names = [tool.name for tool in (await session.list_tools()).tools]
		            assert "run" in names and "check" in names, names
		            result = await session.call_tool("check", {"path": "a.yaml"})
		            # Named is_error since version 2 of the package.
		            error = result.is_error if hasattr(result, "is_error") else result.isError
		            assert not error and '"errors"' in result.content[0].text, result

		asyncio.run(main())
	END
}

@test "the MCP inspector lists and calls the tools" {
	command -v mcp-inspector >/dev/null || skip "the npm package @modelcontextprotocol/inspector is missing"
	echo 'steps: [get: /]' >space/a.yaml
	run --separate-stderr mcp-inspector --cli "$REPRISE" mcp space --method tools/list
	echo "$output $stderr"
	[ "$status" -eq 0 ]
	[[ $output == *'"run_once"'* ]]
	run --separate-stderr mcp-inspector --cli "$REPRISE" mcp space --method tools/call --tool-name explain --tool-arg word=E204
	[ "$status" -eq 0 ]
	[[ $output == *E204* ]]
}
