#include "session/session.cc"
#include "session/library.cc"
#include "session/log.cc"
