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

# Waits until the kiosk's words match.
says() {
  for _ in $(seq 600); do
    grep -qE "$1" "$said" 2>/dev/null && return
    systemctl is-active --quiet "$unit" || failed "the unit ended before it said $1"
    sleep 0.2
  done
  failed "it did not say $1"
}

# Waits for that to be drawn into the head's own framebuffer: who has the display.
shownBy() {
  for _ in $(seq 300); do
    grep -qE "allocated by = $1" /sys/kernel/debug/dri/*/state && return
    sleep 0.2
  done
  failed "the display does not show what $1 has drawn"
}

cp -a .lab/systemd/prefix/. /usr/local/
id kiosk >/dev/null 2>&1 || useradd --create-home --user-group kiosk
mount -t debugfs none /sys/kernel/debug 2>/dev/null || true
systemctl start systemd-logind
chvt "$terminal"

tell 'a session at the seat, of a user who may open none of its devices'
systemd-run --quiet --unit="$unit" \
  -p PAMName=login -p User=kiosk -p TTYPath=/dev/tty$terminal -p TTYReset=yes -p TTYVHangup=yes -p UtmpIdentifier=tty$terminal -p UtmpMode=user \
  -p StandardInput=tty-fail -p StandardOutput=file:$said -p StandardError=file:$said -p Type=notify -p NotifyAccess=main -p TimeoutStartSec=180 \
  /usr/local/bin/guesthead kiosk --seat libseat --wait -- /usr/bin/weston-simple-shm || failed 'it did not start'
show
loginctl --no-pager list-sessions
session=$(loginctl --no-legend list-sessions | awk '/seat0/ { print $1 }')
loginctl show-session "$session" -p Seat -p VTNr -p Active -p Type
ls -l /proc/"$(systemctl show "$unit" --value -p MainPID)"/fd | grep -E 'dri|input' || failed 'no device is open'
cat "$said"
shownBy node

tell 'the terminal is left: another session may have the display'
chvt $((terminal + 1))
says 'Another session has the seat|paused|has the display'
cat "$said"

tell 'and come back to'
chvt "$terminal"
sleep 5
loginctl show-session "$session" -p Active
shownBy node
cat "$said"

tell 'stop'
systemctl stop "$unit"
cat "$said"
[ "$(systemctl is-failed "$unit" || true)" != failed ] || failed 'the unit has failed'
