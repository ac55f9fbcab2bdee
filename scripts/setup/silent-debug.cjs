/** In place of the package `debug`, which ffi-napi logs with: loading it takes time at each start, and the bundled command's log is not for its users. */
module.exports = () => () => undefined;
