#!/usr/bin/env python3
"""Checks the names under src/; speaks TAP.

    tests/layers/names.py [TREE]

A header has one prefix, and its file is named after it: every function that NAME.h declares is NAME or
begins with NAME_ (the prefix of NAME_private.h is NAME too). Struct, enum and union tags and file names
are unique, except the file names of plug-in rooms, whose files are named by their kind. The lists of
sources in Makefile.am are sorted and have no duplicates. tests/layers/bad_tree.sh shows that each rule
can fail.
"""
import collections
import os
import re
import sys

PLUGIN_ROOMS = ("steps", "extract", "expect", "output", "cmd", "import")
NOT_FUNCTIONS = {"__attribute__", "_Static_assert", "_Noreturn", "format", "noreturn", "printf", "sizeof"}


def without_comments(text):
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    return re.sub(r'^[ \t]*#(?:.*\\\n)*.*$', '', text, flags=re.M)


def outside_braces(text):
    depth, kept = 0, []
    for c in text:
        if c == '{':
            depth += 1
        if depth == 0:
            kept.append(c)
        if c == '}':
            depth -= 1
            if depth == 0:
                kept.append(';')
    return ''.join(kept)


def declared_functions(text):
    for statement in outside_braces(text).split(';'):
        if re.match(r'\s*typedef\b', statement):
            continue
        for name in re.findall(r'\b([A-Za-z_]\w*)\s*\((?!\s*\*)', statement):
            if name not in NOT_FUNCTIONS:
                yield name
                break


def source_files():
    for folder, folders, names in os.walk('src'):
        folders.sort()
        for name in sorted(names):
            if name.endswith(('.c', '.h')):
                yield os.path.join(folder, name)


def check_names():
    prefixes, tags, names = [], [], []
    defined, files = collections.defaultdict(list), collections.defaultdict(list)
    for path in source_files():
        text = without_comments(open(path, encoding='utf-8').read())
        for tag in re.findall(r'^(?:struct|enum|union) (\w+) \{', text, flags=re.M):
            defined[tag].append(path)
        room, name = path.split('/')[1], os.path.basename(path)
        if room not in PLUGIN_ROOMS and room != 'interface':
            files[name].append(path)
        if not path.endswith('.h'):
            continue
        prefix = re.sub(r'_private$', '', name[:-2])
        for function in declared_functions(text):
            if function != prefix and not function.startswith(prefix + '_'):
                prefixes.append(f'{path}: {function} does not begin with {prefix}_')
    for tag, paths in defined.items():
        if len(paths) > 1:
            tags.append(f'{tag} is defined in {" and in ".join(paths)}')
    for name, paths in files.items():
        if len(paths) > 1:
            names.append(f'{name} exists twice: {", ".join(paths)}')
    return prefixes, tags, names, len(defined)


def check_lists():
    broken, lists = [], 0
    for match in re.finditer(r'^(\w+) \+?= \\\n((?:\t.*\\\n)+)\t\$\(NULL\)', open('Makefile.am').read(), re.M):
        items = [line.strip(' \t\\') for line in match.group(2).splitlines()]
        if not all(re.match(r'(src|tests|contrib|examples)/', item) for item in items):
            continue
        lists += 1
        for before, after in zip(items, items[1:]):
            if before == after:
                broken.append(f'{match.group(1)}: {after} is in the list twice')
            elif before > after:
                broken.append(f'{match.group(1)}: {after} must be before {before}')
    if not lists:
        broken.append('no list of sources found in Makefile.am')
    return broken


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.environ.get('SRCDIR', '.'))
    prefixes, tags, names, seen = check_names()
    if not seen:
        tags.append('no source file found')
    results = [
        ('a header has one prefix and is named after it', prefixes),
        ('struct, enum and union tags are unique', tags),
        ('file names are unique outside the plug-in rooms', names),
        ('the lists of Makefile.am are sorted, without duplicates', check_lists()),
    ]
    print(f'1..{len(results)}')
    for number, (text, broken) in enumerate(results, 1):
        print(f'{"not ok" if broken else "ok"} {number} - {text}')
        for line in broken:
            print(f'#   {line}')
    sys.exit(any(broken for _, broken in results))


main()
