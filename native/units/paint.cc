#include "paint/library.cc"
#include "paint/painting.cc"
