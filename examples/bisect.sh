#!/bin/sh
# For `git bisect run` in a tree of the kernel's or of QEMU's: 0 = good, 1 = bad, 125 = cannot be tested.
#
#   git bisect start BAD GOOD
#   git bisect run sh bisect.sh [OPTIONS of guesthead run]
#
# BUILD      what builds the tree             default: make olddefconfig && make -j"$(nproc)"
# LAB        options of guesthead lab run     default: --kernel .
# GUESTHEAD  the command                      default: guesthead
# VERDICT    not empty: the whole verdict counts, its pace too: under KVM, on a machine that does nothing else
#
# Good is a build of which every screenshot by the host is exactly what was drawn; bad is one that shows something else,
# refuses to show it, hangs or panics. One that cannot be built, or does not come up, is skipped.
set -u

if ! sh -c "${BUILD:-make olddefconfig && make -j\"\$(nproc)\"}"; then
  exit 125
fi
# shellcheck disable=SC2086 # several words on purpose
output=$(${GUESTHEAD:-guesthead} lab run ${LAB:---kernel .} --capture 3 --timeout 300 -- \
  guesthead run --frames 300 --json "$@")
STATUS=$?
export STATUS
result=$(echo "$output" | tail -n 1)
echo "$result"
echo "$result" | node -e '
  const skip = 125;
  const ofTheSetUp = ["ERR_USAGE", "ERR_PERMISSION", "ERR_LIBRARY_MISSING", "ERR_ADDON_MISSING"];
  const judge = ({ verdict, error, host }) => {
    if (error) return ofTheSetUp.includes(error.code) ? skip : 1;
    if (process.env.VERDICT) return verdict === "pass" ? 0 : 1;
    if (!host || host.unreadable > 0) return skip;
    return host.exact === host.captures ? 0 : 1;
  };
  const [line, isResult] = [require("node:fs").readFileSync(0, "utf8"), /^\{.*\}$/m];
  process.exitCode = isResult.test(line) ? judge(JSON.parse(line)) : process.env.STATUS === "1" ? 1 : skip;'
