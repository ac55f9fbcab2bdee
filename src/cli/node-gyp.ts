/** Where node-gyp is: guesthead does not depend on it, for hardly anybody compiles, and npm brings one along. */
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { GuestheadError } from '../errors.js';
import { packageRoot } from '../package-root.js';

const script = 'node_modules/node-gyp/bin/node-gyp.js';

/**
 * The script for Node to run: the one that npm names to what it starts (`npx`, `npm run`), the project's own, the one on
 * the PATH, or the one inside npm. Throws ERR_ADDON_MISSING.
 */
export function findNodeGyp(env: NodeJS.ProcessEnv, project = packageRoot): string {
  const candidates = [
    () => env['npm_config_node_gyp'],
    () => ofProject(project),
    () => onPath(env),
    () => insideNpm(env),
  ];
  for (const candidate of candidates) {
    const path = candidate();
    if (path !== undefined && existsSync(path)) return path;
  }
  throw new GuestheadError('ERR_ADDON_MISSING', 'Compiling needs node-gyp, which is neither on the PATH nor in npm', {
    advice: 'npm install --global node-gyp (in Debian also the package node-gyp), then try again',
  });
}

function ofProject(project: string): string | undefined {
  try {
    return createRequire(join(project, 'package.json')).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  const found = findProgram('node-gyp', env);
  return found === undefined ? undefined : realpathSync(found);
}

/** npm's command is a link to `npm/bin/npm-cli.js`. */
function insideNpm(env: NodeJS.ProcessEnv): string | undefined {
  const npm = findProgram('npm', env);
  return npm === undefined ? undefined : join(dirname(dirname(realpathSync(npm))), script);
}

/** The program's path, or undefined. A name with a slash is a path already. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const paths = name.includes('/') ? [name] : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
