// the dashboard: replaces every section that the program sends
(function (page) {
"use strict";
if (!document.body.hasAttribute("data-live")) return;
var all = page.all, link = document.getElementById("link"), over = false, lost = false, events;
var REACHED = "a[href], button, summary, input, [tabindex]";

function say(text) {
	if (link.textContent !== text) link.textContent = text;
}
function wire_stop() {
	var form = document.querySelector("form.stop");
	if (!form || form.wired) return;
	form.wired = true;
	form.addEventListener("submit", function (event) {
		event.preventDefault();
		var button = form.querySelector("button"), fields = new URLSearchParams(new FormData(form));
		button.disabled = true;
		fields.set("quiet", "1");
		fetch("stop", {method: "POST", body: fields,
			headers: {"Content-Type": "application/x-www-form-urlencoded"}}).then(function (answer) {
			if (!answer.ok) throw new Error(answer.status);
			form.textContent = "Stopping: requests in flight may finish.";
		}).catch(function () {
			var told = form.querySelector("p") || page.make("p", "", form);
			button.disabled = false;
			told.className = "stopping";
			told.setAttribute("role", "alert");
			told.textContent = "That did not reach the program.";
		});
	});
}

// Keeps the state of the page: open elements, scroll positions, the focus.
function same(section, like) {
	return all(REACHED, section).filter(function (e) {
		return e.tagName === like.tag && e.getAttribute("data-chart") === like.chart && e.textContent === like.text;
	});
}
function held() {
	var e = document.activeElement, section = e && e.closest && e.closest("section[id]"), like;
	if (!section) return null;
	like = {section: section.id, tag: e.tagName, chart: e.getAttribute("data-chart"), text: e.textContent};
	like.number = Math.max(0, same(section, like).indexOf(e));
	return like;
}
function hold(like) {
	var section = like && document.getElementById(like.section), list;
	if (!section || section.contains(document.activeElement)) return;
	list = same(section, like);
	if (list.length) list[Math.min(like.number, list.length - 1)].focus({preventScroll: true});
}
function is_selected(section) {
	var s = getSelection();
	return s.rangeCount > 0 && !s.isCollapsed && s.getRangeAt(0).intersectsNode(section);
}
function key_of(details) { return details.getAttribute("data-key") || details.parentNode.id; }
function put(section, text) {
	var open = {}, at = all(".scroll, pre", section).map(function (e) { return [e.scrollLeft, e.scrollTop]; });
	all("details", section).forEach(function (d) { open[key_of(d)] = d.open; });
	section.innerHTML = text;
	section.last = text;
	all("details", section).forEach(function (d) { d.open = !!open[key_of(d)]; });
	all(".scroll, pre", section).forEach(function (e, i) {
		if (!at[i]) return;
		e.scrollLeft = at[i][0];
		e.scrollTop = at[i][1];
	});
}
function take(update) {
	var hover = page.hover(), like, again;
	if (page.choosing()) {
		if (update.over) setTimeout(take, 500, update);
		return;
	}
	like = held();
	page.set_data(update.data);
	document.title = update.title;
	Object.keys(update.sections).forEach(function (id) {
		var section = document.getElementById(id);
		if (section && section.last !== update.sections[id] && (update.over || !is_selected(section)))
			put(section, update.sections[id]);
	});
	page.leave();
	page.settle();
	page.settle_steps();
	wire_stop();
	hold(like);
	again = hover && document.querySelector("[data-chart=" + hover.plot.getAttribute("data-chart") + "]");
	if (again) page.show({plot: again, share: hover.share, high: hover.high, x: hover.x, y: hover.y});
	over = update.over;
	lost = false;
	link.className = "";
	say(over ? "The run has ended: " + document.querySelector(".verdict .word").textContent : "Live");
	if (over) events.close();
}
function lose() {
	var verdict = document.getElementById("verdict"), words = verdict.querySelector(".verdict > div:last-child");
	if (over) return;
	say("No connection: the program has ended, or is out of reach");
	link.className = "lost";
	if (!lost && words)
		page.make("p", "This is the last that was heard; what has happened since is not known.", words).className = "invalid";
	if (words) verdict.last = null;
	lost = true;
	// it tries again by itself, except after a refusal
	if (events.readyState === 2) setTimeout(connect, 3000);
}
function connect() {
	events = new EventSource("events" + location.search);
	events.onmessage = function (event) { take(JSON.parse(event.data)); };
	events.onerror = lose;
}
wire_stop();
say("Live");
connect();
})(page);
