#!/bin/sh
# For `git bisect run` in a tree of the kernel's or of QEMU's: 0 = good, 1 = bad, 125 = cannot be tested.
#
#   git bisect start BAD GOOD
#   git bisect run sh bisect.sh [OPTIONS of guesthead run]
#
# BUILD      what builds the tree             default: make olddefconfig && make -j"$(nproc)"
# LAB        options of guesthead lab run     default: --kernel .
# GUESTHEAD  the command                      default: guesthead
#
# A build that boots and does not pass is bad, whatever the reason. One that cannot be built, or that ends before
# guesthead has a verdict, is skipped: it says nothing about the flips.
set -u

if ! sh -c "${BUILD:-make olddefconfig && make -j\"\$(nproc)\"}"; then
  exit 125
fi
# shellcheck disable=SC2086 # several words on purpose
result=$(${GUESTHEAD:-guesthead} lab run ${LAB:---kernel .} --capture 3 --timeout 300 -- \
  guesthead run --frames 300 --json "$@" | tail -n 1)
echo "$result"
case $result in
  *'"verdict":"pass"'*) exit 0 ;;
  *'"verdict":"fail"'*) exit 1 ;;
  *) exit 125 ;;
esac
