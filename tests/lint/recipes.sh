#!/bin/sh
# Checks that the recipes of packages for other systems have what contrib/install-deps lists; speaks TAP.
#
# A C library and a compiler are part of a system's tools for packages, and certificates are needed only by
# the program.
set -u
cd "${SRCDIR:-.}" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

# same NAME WANTED FOUND: passes if both files have the same lines.
same() {
	number=$((number + 1))
	if diff "$2" "$3" >"$work/diff"; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		sed 's/^/#   /' "$work/diff"
	fi
}

echo 1..6
contrib/install-deps -n apk build | grep -vxE 'ca-certificates|gcc|make|musl-dev' >"$work/wanted"
sed -n '/^makedepends="/,/^\t"/p' contrib/alpine/APKBUILD | sed -n 's/^\t\([a-z].*\)/\1/p' >"$work/found"
same "APKBUILD has the packages of the list" "$work/wanted" "$work/found"

contrib/install-deps -n dnf build | grep -vxE 'ca-certificates|glibc-devel' >"$work/wanted"
sed -n 's/^BuildRequires: *//p' contrib/rpm/reprise.spec >"$work/found"
same "reprise.spec has the packages of the list" "$work/wanted" "$work/found"

# Homebrew has no packages for development; its names are those of the projects.
contrib/install-deps -n build | sed -e 's/-dev$//' -e 's/^libcurl4-openssl/curl/' -e 's/^libpcre2/pcre2/' \
	-e 's/^libssl/openssl@3/' -e 's/^lib\(brotli\|krb5\|zstd\)/\1/' -e 's/^zlib1g/zlib/' |
	grep -vxE 'ca-certificates|gcc|libc6|make' | LC_ALL=C sort >"$work/wanted"
sed -n 's/^  depends_on "\([^"]*\)".*/\1/p' contrib/homebrew/reprise.rb | LC_ALL=C sort >"$work/found"
same "reprise.rb has the packages of the list" "$work/wanted" "$work/found"

contrib/install-deps -n build editor | grep -vxE 'autoconf|automake|ca-certificates|gcc|libc6-dev|make' >"$work/wanted"
sed -n '/^Build-Depends:/,/^[A-Z][a-z-]*:/p' contrib/debian/control | sed -e '$d' -e 's/^Build-Depends://' | tr ',' '\n' |
	sed -e 's/([^)]*)//' -e 's/ //g' | grep -v -e '^$' -e debhelper-compat -e : | LC_ALL=C sort >"$work/found"
same "contrib/debian/control has the packages of the list" "$work/wanted" "$work/found"

sed -n 's/^AC_INIT(\[reprise\], \[\(.*\)\])/\1/p' configure.ac >"$work/wanted"
sed -n -e 's/^pkgver=//p' contrib/alpine/APKBUILD >"$work/found"
[ "$(cat "$work/found")" = "$(sed -n 's/^Version: *//p' contrib/rpm/reprise.spec)" ] || echo "of the spec" >>"$work/found"
same "the recipes have the version of configure.ac" "$work/wanted" "$work/found"

# For another architecture: its libraries and its compiler instead of this machine's.
other=arm64 triplet=aarch64-linux-gnu
[ "$(uname -m)" != aarch64 ] || other=amd64 triplet=x86-64-linux-gnu
contrib/install-deps -n build | sed -e "s/-dev$/&:$other/" -e "s/^gcc$/gcc-$triplet/" >"$work/wanted"
echo "pkgconf:$other" >>"$work/wanted"
LC_ALL=C sort -o "$work/wanted" "$work/wanted"
contrib/install-deps -n -a $other build | LC_ALL=C sort >"$work/found"
same "the list for another architecture has a cross compiler and its libraries" "$work/wanted" "$work/found"
