# What the command line tests share; loaded with `load helper`.

: "${SRCDIR:=$(cd "${BATS_TEST_DIRNAME}/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
: "${REPRISE:=$BUILDDIR/reprise}"
