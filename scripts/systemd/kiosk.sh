#!/bin/sh
# In a guest whose PID 1 is systemd: the kiosk's example unit with a client of weston's, hung, killed, and stopped. Fails where one does not hold.
set -eu

show() { systemctl show guesthead-kiosk -p ActiveState -p SubState -p NRestarts -p Result -p StatusText -p MainPID; }
value() { systemctl show guesthead-kiosk --value -p "$1"; }
tell() { printf '\n== %s\n' "$1"; }
client() { pgrep -u kiosk -x weston-simple-s || true; }

failed() {
  echo "FAILED: $1"
  show
  journalctl -u guesthead-kiosk --no-pager | tail -30
  exit 1
}

# Waits for so many restarts of the unit, and for READY after the last of them.
restarted() {
  for _ in $(seq 900); do
    [ "$(value NRestarts)" = "$1" ] && [ "$(value ActiveState)" = active ] && return
    sleep 0.2
  done
  failed "not restarted $1 times"
}

# Waits for another client than that.
replaced() {
  for _ in $(seq 900); do
    now=$(client)
    [ -n "$now" ] && [ "$now" != "$1" ] && return
    sleep 0.2
  done
  failed "no other client than $1"
}

cp -a .lab/systemd/prefix/. /usr/local/
cp examples/systemd/guesthead-kiosk.service /etc/systemd/system/
mkdir -p /etc/systemd/system/guesthead-kiosk.service.d
# The client that is here; and a limit that is soon over.
cat >/etc/systemd/system/guesthead-kiosk.service.d/client.conf <<END
[Service]
ExecStart=
$(sed -n 's|^\(ExecStart=.* -- \).*|\1/usr/bin/weston-simple-shm|p' examples/systemd/guesthead-kiosk.service)
WatchdogSec=30
END
id kiosk >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/kiosk kiosk
systemctl daemon-reload
[ "$(readlink /proc/1/exe)" = /usr/lib/systemd/systemd ]

tell 'READY: `systemctl start` returns once a frame of the client was seen'
systemctl start guesthead-kiosk || failed 'it did not start'
show
ps -o user,pid,args -C weston-simple-shm
ls -l /run/guesthead-kiosk

tell 'a client that is stopped (SIGSTOP) is killed, and started again: the unit goes on'
before=$(client)
kill -STOP "$before"
replaced "$before"
show
[ "$(value NRestarts)" = 0 ] || failed 'the unit was restarted'

tell 'a client that is killed likewise'
before=$(client)
kill -KILL "$before"
replaced "$before"
[ "$(value NRestarts)" = 0 ] || failed 'the unit was restarted'

tell 'the watchdog: the kiosk is stopped (SIGSTOP), so that nobody feeds it'
kill -STOP "$(value MainPID)"
restarted 1
show

tell 'a restart after SIGKILL'
kill -KILL "$(value MainPID)"
restarted 2
show

tell 'stop: nothing has failed, and nothing is left'
systemctl stop guesthead-kiosk
show
[ "$(value MainPID)" = 0 ]
[ -z "$(client)" ] || failed 'the client is still there'
[ "$(systemctl is-failed guesthead-kiosk || true)" = inactive ] || failed 'the unit has failed'
[ ! -e /run/guesthead-kiosk ] || failed 'its folder is still there'

tell 'the journal'
journalctl -u guesthead-kiosk -o short-monotonic --no-pager

tell 'exposure'
systemd-analyze security guesthead-kiosk --no-pager | tail -1
