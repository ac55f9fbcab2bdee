#!/bin/sh
# In a guest whose PID 1 is systemd: the example unit, started, stopped by its watchdog, killed, ended. Fails where one does not hold.
set -eu

show() { systemctl show guesthead -p ActiveState -p SubState -p NRestarts -p Result -p StatusText -p MainPID; }
value() { systemctl show guesthead --value -p "$1"; }
tell() { printf '\n== %s\n' "$1"; }

# Waits for so many restarts, and for READY after the last of them.
restarted() {
  for _ in $(seq 600); do
    [ "$(value NRestarts)" = "$1" ] && [ "$(value ActiveState)" = active ] && return
    sleep 0.2
  done
  show
  journalctl -u guesthead --no-pager | tail -20
  exit 1
}

cp -a .lab/systemd/prefix/. /usr/local/
cp examples/systemd/guesthead.service /etc/systemd/system/
mkdir -p /etc/guesthead
echo '{ "connector": ["all"], "reopen": true, "wait": true }' >/etc/guesthead/guesthead.config.json
systemctl daemon-reload
[ "$(readlink /proc/1/exe)" = /usr/lib/systemd/systemd ]

tell 'READY: `systemctl start` returns once every head has flipped'
systemctl start guesthead
show

tell 'the watchdog: the process is stopped (SIGSTOP), so that nothing flips'
kill -STOP "$(value MainPID)"
restarted 1
show

tell 'a restart after SIGKILL'
kill -KILL "$(value MainPID)"
restarted 2
show

tell 'stop: the status is the verdict, which a slow machine makes a failure'
systemctl stop guesthead
show
[ "$(value MainPID)" = 0 ]

tell 'the journal'
journalctl -u guesthead -o short-monotonic --no-pager

tell 'exposure'
systemd-analyze security guesthead --no-pager | tail -1
