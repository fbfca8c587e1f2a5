#!/usr/bin/env python3
"""Submits generated forms with Chromium and with the HTML room, and compares what is sent.

    tests/html/browser_forms.py SHELL FOLDER [COUNT [SEED]]

SHELL is the program that `make tests/html/html_shell` builds, FOLDER is empty and receives Chromium's
profile. A server on a free port of loopback sends COUNT pages one after the other. The script at the end of
each page changes some values and submits a form; the server keeps the request and sends the next page. Then
the same page, values and button go through the shell. Method, address, content type and body must be the
same bytes, apart from the boundary of multipart/form-data. The output is TAP with one test; differences
are comments, and the page of each difference is in FOLDER.

Chromium differs from the standard in three points, which the pages avoid: it sends the controls in a datalist,
and the direction of a submit button before its value. The end of a form that is in another one (which is
possible after a misplaced </form> in a table cell) also ends the other one, unless there is a block between
them; pages with such forms are replaced by further ones.
"""
import http.server
import json
import os
import random
import re
import subprocess
import sys
import threading

DISABLED = 2  # HTML_BUILD_DISABLED: a script submits the form without its button
BOUNDARY = b'----boundary0123456789'
CHARSETS = ['utf-8'] * 6 + ['windows-1252', 'iso-8859-1', 'iso-8859-2', 'koi8-r', 'windows-1251', 'shift_jis',
                            'gbk', 'euc-kr', 'big5', 'euc-jp', 'iso-8859-15']
TEXTS = ['', 'a', 'two words', ' spaces ', 'a&amp;b', '&lt;x>', 'é', '€ &copy; &copy=1 &notit; &#x80; &#0;', 'ж',
         '日本', '한국', '&#128512;', '~*-._+%&=?/', 'line\nbreak', 'cr&#13;lf&#10;', 'tab\there', "it's", 'a;b:c@d',
         '\u00a0nbsp\u00a0', 'اب', '100', '-1.5', '1e3', '2024-02-30', '2024-02-29', '23:59', '#A0b1C2', 'x@y.test',
         ' http://x.test/ ']
NAMES = ['a', 'b', 'c', 'name', 'user[name]', 'x.y', 'é', 'a b', 'q"uote', '_charset_', 'isindex', '', 'A', 'ж']
TYPES = ['text', 'search', 'tel', 'url', 'email', 'password', 'hidden', 'number', 'range', 'color', 'date', 'month',
         'week', 'time', 'datetime-local', 'checkbox', 'radio', 'file', 'submit', 'image', 'button', 'reset', 'TEXT',
         'unknown', '']

NESTED = '/nested'  # the address that the browser requests instead of the submission

DRIVER = """
var plan = PLAN;
addEventListener('load', function () {
    if (document.querySelector('form form')) { location.replace('NESTED'); return; }
    var form = document.forms[plan.form];
    if (!form) { location.replace('/none'); return; }
    form.noValidate = true;
    var all = Array.from(document.querySelectorAll('button, input, select, textarea'));
    var own = all.filter(function (e) { return e.form === form && !e.closest('datalist'); });
    plan.sets.forEach(function (set) {
        var e = own.find(function (e) { return e.name === set.name; });
        if (set.kind === 'file') {
            var files = new DataTransfer();
            files.items.add(new File(['a file\\n'], set.value, {type: 'text/plain'}));
            e.files = files.files;
        } else {
            e.value = set.value;
        }
    });
    var buttons = own.filter(function (e) {
        return e.type === 'submit' || e.type === 'image';
    });
    var button = buttons[0];
    if (button && !button.matches(':disabled')) form.requestSubmit(button); else form.requestSubmit();
});
"""


class Generator:
    """Pages of a seed: broken markup of all kinds around controls of all kinds."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.typed = 0

    def chance(self, share):
        return self.random.random() < share

    def text(self):
        return self.random.choice(TEXTS)

    def attribute(self, name, value):
        value = value.replace('"', '&quot;')
        style = self.random.randrange(4)
        if style == 0 and value and not re.search(r'[\s"\'=<>`]', value) and not value.endswith('/'):
            return f' {name}={value}'
        if style == 1 and "'" not in value:
            return f" {name.upper()}='{value}'"
        return f' {name} = "{value}"' if style == 2 else f' {name}="{value}"'

    def common(self):
        out = ''
        if self.chance(0.9):
            out += self.attribute('name', self.random.choice(NAMES))
        if self.chance(0.08):
            out += ' disabled'
        if self.chance(0.1):
            out += self.attribute('form', self.random.choice(['f0', 'f1', 'none', '']))
        if self.chance(0.08):
            out += self.attribute('dir', self.random.choice(['rtl', 'ltr', 'auto', 'bad']))
        return out

    def button(self):
        out = self.common()
        if self.chance(0.1):
            out += self.attribute('formaction', self.random.choice(['', '/sent/button?x=1', 'rel']))
        if self.chance(0.1):
            out += self.attribute('formmethod', self.random.choice(['get', 'POST', 'bad']))
        if self.chance(0.1):
            out += self.attribute('formenctype', self.random.choice(['multipart/form-data', 'text/plain', '']))
        return out

    def typed_field(self):
        self.typed += 1
        name = f'typed{self.typed}'
        kind = self.random.choice(['text', 'file', 'textarea'])
        if kind == 'textarea':
            return f'<textarea name={name}>{self.text()}</textarea>'
        return f'<input type={kind} name={name}>'

    def control(self):
        what = self.random.randrange(12)
        if what < 6:
            out = '<input' + self.common()
            kind = self.random.choice(TYPES)
            if kind or self.chance(0.5):
                out += self.attribute('type', kind)
            if self.chance(0.75):
                out += self.attribute('value', self.text())
            if self.chance(0.4):
                out += ' checked'
            if kind != 'submit' and self.chance(0.12):
                out += self.attribute('dirname', 'dir')
            if kind == 'email' and self.chance(0.3):
                out += ' multiple'
            if kind == 'range' and self.chance(0.5):
                out += self.random.choice([' min=10', ' max=20', ' step=7', ' min=-5 max=5 step=any', ' min=50 max=20'])
            return out + self.random.choice(['>', '/>', ' >'])
        if what < 8:
            return self.select()
        if what == 8:
            lead = self.random.choice(['', '\n', '\n\n', ' \n'])
            direction = ' dirname=dir' if self.chance(0.2) else ''
            return f'<textarea{self.common()}{direction}>{lead}{self.text()}<b>{self.text()}</textarea>'
        if what == 9:
            kind = self.random.choice(['', '', ' type=submit', ' type=button', ' type=reset', ' type=bad'])
            value = self.attribute('value', self.text()) if self.chance(0.7) else ''
            return f'<button{kind}{self.button()}{value}>Go {self.text()}</button>'
        if what == 10:
            return f'<input type={self.random.choice(["submit", "image"])}{self.button()}>'
        return self.typed_field()

    def option(self):
        out = '<option'
        if self.chance(0.5):
            out += self.attribute('value', self.text())
        if self.chance(0.25):
            out += ' selected'
        if self.chance(0.15):
            out += ' disabled'
        return out + f'> {self.text()}\n {self.text()}' + self.random.choice(['', '</option>'])

    def select(self):
        out = '<select' + self.common() + self.random.choice(['', '', ' multiple', ' size=3', ' size=1', ' size=x']) + '>'
        for _ in range(self.random.randrange(5)):
            if self.chance(0.2):
                group = self.random.choice(['<optgroup>', '<optgroup label=x disabled>'])
                out += group + self.option() + self.option() + self.random.choice(['', '</optgroup>'])
            else:
                out += self.option()
        return out + ('</select>' if self.chance(0.92) else '')

    def form(self, depth):
        self.forms += 1
        out = f'<form id=f{self.random.randrange(2) if self.chance(0.2) else self.forms - 1}'
        if self.chance(0.8):
            out += self.attribute('action', self.random.choice(
                ['/sent/x', '/sent/x?old=1#frag', 'rel/é?é', '', '?only', ' /sent/sp ace\n', '\\sent\\back', '#f', '//'
                 + self.host + '/sent/net', './../sent/./dots', "/sent/q'uote?it's=<b>|^`{}\"", '/sent/ж?ж=ж']))
        if self.chance(0.65):
            out += self.attribute('method', self.random.choice(['post', 'POST', 'get', 'bad', '']))
        if self.chance(0.5):
            out += self.attribute('enctype', self.random.choice(
                ['multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded', 'bad']))
        if self.chance(0.12):
            out += self.attribute('accept-charset', self.random.choice(
                ['utf-8', 'none windows-1252', 'iso-8859-1 utf-8', 'bad', 'UTF-16']))
        return out + '>' + self.content(depth + 1, 6) + self.random.choice(['</form>'] * 5 + [''])

    def wrap(self, depth):
        inner = self.content(depth + 1, 3)
        return self.random.choice([
            f'<p>{inner}', f'<div>{inner}</div>', f'<div>{inner}', f'</div>{inner}', f'<ul><li>{inner}<li>{inner}</ul>',
            f'<dl><dt>{self.text()}<dd>{inner}</dl>', f'<label>{self.text()}{inner}</label>', f'<b>{inner}', f'{inner}</p>',
            f'<fieldset>{inner}</fieldset>', f'<fieldset disabled>{inner}</fieldset>',
            f'<fieldset disabled><legend>{inner}</legend><legend>{inner}</legend></fieldset>',
            f'<table><tr><td>{inner}<td>{inner}</table>', f'<table>{inner}<tr>{inner}<td>{inner}</table>',
            f'<table><tr><td>{inner}</td></tr>{inner}</table>', f'<table><caption>{inner}<tbody><tr><th>{inner}</table>',
            f'<template>{inner}</template>', f'<noscript>{inner}</noscript>', '<datalist><option>x</datalist>',
            f'<svg><title>{self.text()}</title><desc>{inner}</desc></svg>', f'<svg><g/>{inner}</svg>',
            f'<!-- {inner} -->', f'<script>var x = "<input name=no>";<!-- {self.text()} </script>',
            f'<style><input name=no></style>', f'<h1>{inner}</h2>', f'<a href=x>{inner}</a>', f'<button>{inner}</button>',
            f'<textarea>{inner}', f'<center>{inner}</form></center>', f'<object>{inner}</object>', f'<!doctype html>{inner}',
            f'<span>{inner}</div></span>', f'<details open><summary>{inner}</details>', f'<x-y>{inner}</x-y>',
            f'<title>{inner}</title>', f'<iframe>{inner}</iframe>', f'<math><mi>{inner}</mi></math>', f'<col>{inner}</td>',
        ])

    def content(self, depth, most):
        out = ''
        for _ in range(self.random.randrange(most + 1)):
            what = self.random.random()
            if what < 0.6 or depth > 4:
                out += self.control()
            elif what < 0.85:
                out += self.wrap(depth)
            elif what < 0.92:
                out += self.form(depth)
            else:
                out += self.text()
        return out

    def page(self, host):
        """The bytes of a page, the charset of its header or None, and the values to set."""
        self.host, self.forms, self.typed = host, 0, 0
        charset = self.random.choice(CHARSETS)
        body = '<!doctype html>' if self.chance(0.9) else ''
        where = self.random.randrange(3)
        if where != 0:
            body += f'<meta charset={charset}>'
        if self.chance(0.15):
            body += '<base href="' + self.random.choice(['/base/', 'sub/x', '//' + host + '/b/', 'javascript:x']) + '">'
        body += self.content(1, 3) + self.form(0) + self.content(1, 3)
        sets = []
        for number in range(1, self.typed + 1):
            if self.chance(0.5):
                sets.append(number)
        return body, charset, charset if where != 1 else None, sets


class Pages(http.server.ThreadingHTTPServer):
    daemon_threads = True


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            pass

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        self.wfile.write(body)

    def visit(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        state = self.server.state
        start = re.fullmatch(r'/start/(\d+)', self.path)
        if start and self.command == 'GET':
            case = state.cases[int(start[1])]
            state.current = int(start[1])
            self.answer(case['body'], case['type'])
            return
        if self.headers.get('Sec-Fetch-Dest') != 'document':
            self.answer(b'', 'text/plain')
            return
        case = state.cases[state.current]
        if self.path != NESTED:
            case.setdefault('chromium', (self.command, self.path, self.headers.get('Content-Type') or '', body))
        following = state.current + 1
        if sum('chromium' in one for one in state.cases) == state.count or following == len(state.cases):
            state.done.set()
            self.answer(b'done', 'text/plain')
        else:
            self.answer(f'<script>location.replace("/start/{following}")</script>'.encode(), 'text/html')

    do_GET = do_POST = visit


class State:
    def __init__(self, count):
        self.count, self.cases, self.current, self.done = count, [], 0, threading.Event()


def hexed(data):
    return (data if isinstance(data, bytes) else data.encode()).hex() or '-'


def unhexed(word):
    return b'' if word == '-' else bytes.fromhex(word)


class Shell:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *words):
        self.process.stdin.write(' '.join(words) + '\n')
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline().rstrip('\n')) != 'end':
            if not line and self.process.poll() is not None:
                raise SystemExit('the shell ended')
            lines.append(line)
        return lines

    def fields(self, case):
        """The type of each control of the form that is not disabled."""
        found = {}
        for line in self.run('page', hexed(case['url']), hexed(case['type']), hexed(case['body'])):
            words = line.split(' ')
            if words[0] == 'control' and words[1] == str(case['form']) and words[3] == '0':
                found.setdefault(unhexed(words[5]).decode(), words[2])
        return found

    def forms(self, case):
        lines = self.run('page', hexed(case['url']), hexed(case['type']), hexed(case['body']))
        return sum(line.startswith('form ') for line in lines)

    def submit(self, case):
        words = []
        for one in case['sets']:
            words += [hexed(one['name']), one['kind'], hexed(one['value'])]
        start = ['submit', hexed(case['url']), hexed(case['type']), hexed(case['body']), str(case['form'])]
        lines = self.run(*start, '-', *words)
        if f'outcome {DISABLED}' in lines:
            lines = self.run(*start, '!', *words)
        for line in lines:
            words = line.split(' ')
            if words[0] == 'request':
                method, url, kind, body = words[1], *map(unhexed, words[2:])
                path = re.sub(rb'^http://[^/]*', b'', url).decode('latin-1')
                return method, path, kind.decode(), body
        return 'none', '/none', '', b''


def make_case(generator, number, host, shell):
    """A page with at least one form, and what to do with it."""
    case, forms = {'url': f'http://{host}/start/{number}', 'form': 0, 'sets': []}, 0
    while not forms:
        text, charset, header, numbers = generator.page(host)
        case['type'] = 'text/html' + (f'; charset={header}' if header else '')
        case['body'] = text.encode(charset, 'xmlcharrefreplace')
        forms = shell.forms(case)
    case['form'] = generator.random.randrange(forms)
    known = shell.fields(case)
    for one in numbers:
        name = f'typed{one}'
        if known.get(name) == '5':
            case['sets'].append({'name': name, 'kind': 'file', 'value': generator.random.choice(['a.txt', 'ä"b.txt'])})
        elif name in known:
            case['sets'].append({'name': name, 'kind': 'text', 'value': generator.random.choice(['new', 'é € ж 日', 'a+b&c'])})
    plan = json.dumps({'form': case['form'], 'sets': case['sets']})
    # The script is first, so that it runs whatever is open at the end.
    case['body'] = b'<script>' + DRIVER.replace('PLAN', plan).replace('NESTED', NESTED).encode('ascii') + b'</script>' + case['body']
    return case


def same_boundary(request):
    method, path, kind, body = request
    match = re.search(r'boundary=(\S+)', kind)
    if match:
        body = body.replace(match[1].encode(), BOUNDARY)
        kind = kind.replace(match[1], BOUNDARY.decode())
    return method, path, kind, body


def main():
    program, folder = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    generator = Generator(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    server = Pages(('127.0.0.1', 0), Handler)
    server.state = state = State(count)
    host = f'127.0.0.1:{server.server_port}'
    shell = Shell(program)
    state.cases = [make_case(generator, number, host, shell) for number in range(count + count // 4)]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = subprocess.Popen(
        ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
         '--disable-component-update', '--disable-popup-blocking', '--remote-debugging-port=0', '--user-data-dir=' + folder,
         f'http://{host}/start/0'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    state.done.wait(int(os.environ.get('BROWSER_LIMIT_S', '1000')))
    browser.terminate()
    browser.wait()
    sent = different = 0
    print('1..1')
    for number, case in enumerate(state.cases):
        expected, found = case.get('chromium'), same_boundary(shell.submit(case))
        if expected is None:
            continue
        sent += 1
        expected = same_boundary(expected)
        if expected != found:
            different += 1
            with open(os.path.join(folder, f'page{number}.html'), 'wb') as file:
                file.write(case['body'])
            print(f'# page {number}, form {case["form"]}, {case["type"]}, {case["sets"]}')
            for name, one, other in zip(('method', 'address', 'type', 'body'), expected, found):
                if one != other:
                    print(f'#   {name}: Chromium {one!r}')
                    print(f'#   {name}: reprise  {other!r}')
    print(f'# {sent} of {count} forms submitted, {sum(1 for c in state.cases if c.get("chromium", [""])[0] == "POST")} with POST, '
          f'{different} different')
    print('ok 1 - the same bytes' if sent == count and not different else 'not ok 1 - the same bytes')
    sys.exit(sent != count or different > 0)


main()
