#include "dbus/library.cc"
#include "dbus/peer.cc"
#include "dbus/reading.cc"
#include "dbus/writing.cc"
