#!/bin/sh
# In a guest whose PID 1 is systemd: a kiosk in a session of logind's on a virtual terminal, which is left and come back to. Fails where one does not hold.
set -eu

said=/tmp/kiosk.said
unit=seat-kiosk
terminal=7

show() { systemctl show "$unit" -p ActiveState -p SubState -p Result -p StatusText -p MainPID; }
tell() { printf '\n== %s\n' "$1"; }

failed() {
  echo "FAILED: $1"
  show
  cat "$said" || true
  loginctl --no-pager list-sessions || true
  journalctl -u "$unit" -u systemd-logind --no-pager | tail -30
  exit 1
}

# Waits until the unit's status, which says how many frames a second are seen, matches.
status() {
  for _ in $(seq 200); do
    systemctl show "$unit" --value -p StatusText | grep -qE "$1" && return
    systemctl is-active --quiet "$unit" || failed "the unit ended before its status was $1"
    sleep 0.2
  done
  failed "its status is not $1"
}

active() { [ "$(loginctl show-session "$session" --value -p Active)" = "$1" ] || failed "the session's Active is not $1"; }

cp -a .lab/systemd/prefix/. /usr/local/
id kiosk >/dev/null 2>&1 || useradd --create-home --user-group kiosk
systemctl start systemd-logind
chvt "$terminal"

tell 'a session at the seat, of a user who may open none of its devices'
systemd-run --quiet --unit="$unit" \
  -p PAMName=login -p User=kiosk -p TTYPath=/dev/tty$terminal -p TTYReset=yes -p TTYVHangup=yes -p UtmpIdentifier=tty$terminal -p UtmpMode=user \
  -p StandardInput=tty-fail -p StandardOutput=file:$said -p StandardError=file:$said -p Type=notify -p NotifyAccess=main -p TimeoutStartSec=180 -p SuccessExitStatus=143 \
  /usr/local/bin/guesthead kiosk --seat libseat --wait -- /usr/bin/weston-simple-shm || failed 'it did not start'
show
loginctl --no-pager list-sessions
session=$(loginctl --no-legend list-sessions | awk '/seat0/ { print $1 }')
loginctl show-session "$session" -p Seat -p VTNr -p Active -p Type
ls -l /proc/"$(systemctl show "$unit" --value -p MainPID)"/fd | grep -oE '/dev/(dri/card|input/event).*' | sort | uniq -c
status ' [1-9][0-9.]* frames/s'

tell 'the terminal is left: another session may have the display, and nothing is shown'
chvt $((terminal + 1))
status ' 0\.0 frames/s'
active no

tell 'and come back to: frames are seen again'
chvt "$terminal"
status ' [1-9][0-9.]* frames/s'
active yes
show

tell 'stop'
systemctl stop "$unit"
cat "$said"
[ "$(systemctl is-failed "$unit" || true)" != failed ] || failed 'the unit has failed'
