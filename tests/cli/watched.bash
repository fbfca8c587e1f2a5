# Helpers of the tests of `reprise watch`.

# start_watch ARG…: starts a watch in the background, whose pid is WATCH and whose dashboard is
# WATCH_URL. Its output is in watch.out, each line after the time, and the updates of its page in events.
start_watch() {
	{
		status=0
		"$REPRISE" watch --plain "$@" 2>&1 </dev/null || status=$?
		echo "exit status $status"
	} 3>&- > >(while IFS= read -r line; do printf '%s %s\n' "$EPOCHREALTIME" "$line"; done >watch.out) &
	WATCHER=$!
	wait_for 20 grep -q 'dashboard is at' watch.out
	WATCH=$(pgrep -x -P "$WATCHER" reprise)
	WATCH_URL=$(sed -n 's/.*dashboard is at //p' watch.out)
	curl -sN "${WATCH_URL%%\?*}events?${WATCH_URL#*\?}" >events 3>&- &
}

# end_watch: waits until it has ended; its exit status is in WATCH_STATUS.
end_watch() {
	wait_for 60 grep -q 'exit status' watch.out || { cat watch.out; return 1; }
	WATCH_STATUS=$(sed -n 's/.* exit status //p' watch.out)
	cat watch.out
}

# started_at FOLDER: the time at which its run started, in seconds.
started_at() {
	date -d "$(json "$1/summary.json" 'd["started"]')" +%s.%N
}

# named_within SECONDS TEXT TIME: whether the watch printed TEXT at most SECONDS after TIME.
named_within() {
	awk -v max="$1" -v text="$2" -v since="$3" 'index($0, text) {
		printf "named after %.1f s: %s\n", $1 - since, text
		found = 1
		exit $1 - since > max
	} END { if (!found) exit 1 }' watch.out
}

# same_page [REPORT]: whether the last update of the page is that of the end and, with a report.html, each
# of its sections is equal to that of the report.
same_page() {
	python3 - "$@" <<-'END'
		import json, re, sys
		updates = [json.loads(line[6:]) for line in open("events") if line.startswith("data: ")]
		assert len(updates) > 3, len(updates)
		assert updates[-1]["over"] and not updates[0]["over"]
		sections = updates[-1]["sections"]
		assert "passed" in sections["thresholds"]
		for path in sys.argv[1:]:
		    page = open(path).read()
		    seen = 0
		    for name, text in sections.items():
		        own = re.search(r'<section id="%s"[^>]*>(.*?)</section>' % name, page, re.S)
		        assert not own or own.group(1) == text, (name, own.group(1), text)
		        seen += own is not None
		    assert seen > 10, seen
	END
}
