var page = (function () {
"use strict";
var root = document.documentElement, body = document.body;
var data = JSON.parse(document.getElementById("data").textContent);
var tip = document.getElementById("tip"), link = document.getElementById("link");
var whole = document.getElementById("whole");
var SVG = "http://www.w3.org/2000/svg", X = 3000;
// the stretch of time that is shown, as shares of the run
var from = 0, to = 1;

function all(selector, within) {
	return Array.prototype.slice.call((within || document).querySelectorAll(selector));
}
function make(name, text, owner, kind) {
	var e = kind ? document.createElementNS(SVG, name) : document.createElement(name);
	if (text) e.textContent = text;
	if (owner) owner.appendChild(e);
	return e;
}

// dark mode
function remembered() {
	try { return localStorage.getItem("reprise-theme"); } catch (e) { return null; }
}
function paint(theme) {
	if (theme) root.setAttribute("data-theme", theme);
}
paint(remembered());
root.classList.add("with-script");
document.querySelector(".tools").hidden = false;
document.getElementById("theme").addEventListener("click", function () {
	var dark = root.getAttribute("data-theme");
	if (!dark) dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
	dark = dark === "dark" ? "light" : "dark";
	paint(dark);
	try { localStorage.setItem("reprise-theme", dark); } catch (e) { return; }
});

// number formats
function three(v) {
	return v >= 99.95 ? String(Math.round(v)) : v >= 9.995 ? v.toFixed(1).replace(/\.0$/, "") : v.toFixed(2).replace(/\.?0+$/, "");
}
function group(v) {
	return String(Math.round(v)).replace(/\B(?=(\d{3})+$)/g, ",");
}
function shown(v, unit) {
	if (v === null || v === undefined) return "\u2013";
	if (unit === "ms") return v < 0.9995 ? three(v * 1000) + " \u00b5s" : v < 999.5 ? three(v) + " ms" : three(v / 1000) + " s";
	if (unit === "/s") return (v < 999.95 ? three(v) : group(v)) + " /s";
	return group(v);
}
function clock(s) {
	var w = Math.round(s), m = Math.floor(w / 60) % 60, ss = ("0" + w % 60).slice(-2);
	return w >= 3600 ? Math.floor(w / 3600) + ":" + ("0" + m).slice(-2) + ":" + ss : m + ":" + ss;
}

// the axis of time; chart_axis.c knows the same steps
function step_of(seconds) {
	var steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200], i;
	for (i = 0; i < steps.length; i++)
		if (seconds / steps[i] <= 6) return steps[i];
	return 86400 * Math.ceil(seconds / 6 / 86400);
}
function label_times(plot) {
	var labels = plot.querySelector(".xl"), y, step, at, share, t;
	if (!labels) return;
	y = labels.firstChild ? labels.firstChild.getAttribute("y") : 216;
	labels.textContent = "";
	step = step_of((to - from) * data.length);
	for (at = Math.ceil(from * data.length / step - 1e-6) * step; at <= to * data.length * 1.0001; at += step) {
		share = (at / data.length - from) / (to - from);
		t = make("text", clock(at), labels, true);
		t.setAttribute("x", share * 100 + "%");
		t.setAttribute("y", y);
		if (share < 0.02) t.setAttribute("class", "s");
		else if (share > 0.97) t.setAttribute("class", "e");
	}
}
function show_stretch() {
	all(".plot[data-time]").forEach(function (plot) {
		var inside = plot.querySelector(".in");
		inside.setAttribute("viewBox", from * X + " 0 " + (to - from) * X + " 1000");
		if (from > 0 || to < 1 || plot.zoomed) label_times(plot);
		plot.zoomed = true;
	});
	whole.hidden = from === 0 && to === 1;
}
function zoom(a, b) {
	var least = Math.min(1, 3 / Math.max(1, data.from.length));
	if (b - a < least) {
		a = Math.max(0, (a + b - least) / 2);
		b = Math.min(1, a + least);
	}
	from = Math.max(0, a);
	to = Math.min(1, b);
	show_stretch();
}
whole.addEventListener("click", function () { zoom(0, 1); });

// what is under the pointer
function index_at(list, value) {
	var i = 0;
	while (i + 1 < list.length && list[i + 1] <= value) i++;
	return i;
}
function is_time(plot) { return plot.hasAttribute("data-time"); }
function moment(plot, share) {
	return is_time(plot) ? (from + share * (to - from)) * data.length : share;
}
function line_of(text, value, paint_class) {
	var row = make("div", "", tip), key = make("i", "", row);
	if (paint_class) key.className = "key k-" + paint_class; else key.hidden = true;
	make("span", text, row);
	make("span", value, row);
}
function fill_heat(chart, at, high) {
	var c = index_at(chart.from, at), cells = chart.cells[c] || [], b, rows = cells.length;
	make("b", "from " + clock(chart.from[c]), tip);
	b = Math.max(0, Math.min(rows - 1, Math.floor((1 - high) * rows)));
	line_of(shown(chart.low[b], "ms") + " to " + shown(chart.low[b + 1], "ms"), group(cells[b] || 0), "");
}
function fill(plot, share, high) {
	var chart = data.charts[plot.getAttribute("data-chart")], at = moment(plot, share), i;
	if (!chart) return false;
	tip.textContent = "";
	if (chart.cells) {
		fill_heat(chart, at, high);
		return true;
	}
	if (is_time(plot)) {
		i = index_at(data.from, at);
		make("b", clock(data.from[i]), tip);
	} else {
		i = index_at(chart.at, at);
		make("b", chart.clock ? clock(chart.of[i]) : chart.load ? "load " + chart.of[i] : chart.of[i] + " % of all", tip);
	}
	chart.lines.forEach(function (line) {
		line_of(line.name, shown(line.v[i], chart.unit), line.paint);
	});
	return true;
}
function clear_cross() {
	all(".cross").forEach(function (line) { line.parentNode.removeChild(line); });
}
function cross(plot, share) {
	clear_cross();
	(is_time(plot) ? all(".plot[data-time]") : [plot]).forEach(function (p) {
		var line = make("line", "", p.querySelector(".xa"), true);
		line.setAttribute("class", "cross");
		line.setAttribute("x1", share * 100 + "%");
		line.setAttribute("x2", share * 100 + "%");
		line.setAttribute("y1", 8);
		line.setAttribute("y2", p.querySelector(".in").getAttribute("height") * 1 + 8);
	});
}
// CSSOM is not an inline style: the policy allows it
function place(x, y) {
	var w, h;
	tip.hidden = false;
	w = tip.offsetWidth;
	h = tip.offsetHeight;
	tip.style.left = Math.max(4, x + w + 24 > innerWidth ? x - w - 14 : x + 14) + "px";
	tip.style.top = Math.max(4, y + h + 24 > innerHeight ? y - h - 14 : y + 14) + "px";
}
// what the pointer shows now; and whether it is choosing a stretch
var hover = null, choosing = false;
function show(h) {
	if (!fill(h.plot, h.share, h.high)) return;
	hover = h;
	cross(h.plot, h.share);
	place(h.x, h.y);
}
function leave() {
	hover = null;
	tip.hidden = true;
	clear_cross();
}
function share_of(plot, event) {
	var box = plot.querySelector(".xa").getBoundingClientRect();
	return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
}
function listen(plot) {
	var begin = null, chosen = null, by_key = 0.5;
	plot.tabIndex = 0;
	plot.setAttribute("aria-describedby", "hint");
	plot.addEventListener("pointermove", function (event) {
		var share = share_of(plot, event), box = plot.querySelector(".in").getBoundingClientRect();
		if (chosen) {
			chosen.setAttribute("x", Math.min(begin, share) * 100 + "%");
			chosen.setAttribute("width", Math.abs(share - begin) * 100 + "%");
		}
		show({plot: plot, share: share, high: Math.max(0, Math.min(1, (event.clientY - box.top) / box.height)),
			x: event.clientX, y: event.clientY});
	});
	plot.addEventListener("pointerleave", function () { if (!chosen) leave(); });
	plot.addEventListener("pointerdown", function (event) {
		if (!is_time(plot) || event.button !== 0 || event.pointerType === "touch") return;
		begin = share_of(plot, event);
		choosing = true;
		plot.setPointerCapture(event.pointerId);
		chosen = make("rect", "", plot.querySelector(".xa"), true);
		chosen.setAttribute("class", "chosen");
		chosen.setAttribute("y", 8);
		chosen.setAttribute("height", plot.querySelector(".in").getAttribute("height"));
		event.preventDefault();
	});
	plot.addEventListener("pointercancel", function () {
		choosing = false;
		if (chosen) chosen.parentNode.removeChild(chosen);
		chosen = null;
	});
	plot.addEventListener("pointerup", function (event) {
		var end;
		choosing = false;
		if (!chosen) return;
		chosen.parentNode.removeChild(chosen);
		chosen = null;
		end = share_of(plot, event);
		if (Math.abs(end - begin) > 0.01)
			zoom(from + Math.min(begin, end) * (to - from), from + Math.max(begin, end) * (to - from));
	});
	plot.addEventListener("dblclick", function () { zoom(0, 1); });
	plot.addEventListener("keydown", function (event) {
		var box, middle, half;
		if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
			by_key = Math.max(0, Math.min(1, by_key + (event.key === "ArrowLeft" ? -0.01 : 0.01)));
		} else if (is_time(plot) && (event.key === "+" || event.key === "-")) {
			middle = from + by_key * (to - from);
			half = (to - from) * (event.key === "+" ? 0.25 : 1);
			zoom(middle - half, middle + half);
		} else if (event.key === "Escape") {
			zoom(0, 1);
			leave();
			return;
		} else {
			return;
		}
		event.preventDefault();
		box = plot.querySelector(".xa").getBoundingClientRect();
		show({plot: plot, share: by_key, high: 0.5, x: box.left + by_key * box.width, y: box.top + 20});
	});
	plot.addEventListener("blur", leave);
}

// tables that can be sorted
function value_of(row, column) {
	var cell = row.children[column], v = cell.getAttribute("data-v");
	return v === null ? cell.textContent.toLowerCase() : Number(v);
}
function sort_by(table, column, up) {
	var rows = table.tBodies[0], list = all("tr:not(.more)", rows);
	list.sort(function (a, b) {
		var x = value_of(a, column), y = value_of(b, column);
		return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
	});
	all("tr.more", rows).forEach(function (row) { row.parentNode.removeChild(row); });
	all("[aria-expanded]", rows).forEach(function (button) { button.setAttribute("aria-expanded", "false"); });
	list.forEach(function (row) { rows.appendChild(row); });
	all("thead th", table).forEach(function (th, i) {
		if (i === column) th.setAttribute("aria-sort", up ? "ascending" : "descending");
		else th.removeAttribute("aria-sort");
	});
}
var order = {};
function listen_table(table, number) {
	all("thead th:not(.plain)", table).forEach(function (th, column) {
		var button = make("button", th.textContent);
		button.type = "button";
		th.textContent = "";
		th.appendChild(button);
		button.addEventListener("click", function () {
			var up = th.getAttribute("aria-sort") === "descending" || (column === 0 && !th.hasAttribute("aria-sort"));
			order[number] = [column, up];
			sort_by(table, column, up);
		});
	});
	if (order[number]) sort_by(table, order[number][0], order[number][1]);
}

function settle() {
	all(".plot").forEach(function (plot) { if (!plot.tabIndex || plot.tabIndex < 0) listen(plot); });
	all(".scroll").forEach(function (box) {
		if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
	});
	all("table.sortable").forEach(function (table, i) { if (!table.querySelector("thead button")) listen_table(table, i); });
	if (from > 0 || to < 1) show_stretch();
}

return {
	all: all, make: make, shown: shown, clock: clock, step_of: step_of, SVG_WIDTH: X,
	data: function () { return data; },
	set_data: function (d) { data = d; },
	listen: listen, settle: settle, leave: leave, show: show,
	hover: function () { return hover; },
	choosing: function () { return choosing; }
};
})();
page.settle();
