// Where the user's configuration and cache are stored on each system.

import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder for the user's configuration: XDG_CONFIG_HOME, APPDATA, or the system's default. */
export function configFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'lockstep')
  if (platform === 'win32') return join(env.APPDATA ?? join(homeOf(env), 'AppData', 'Roaming'), 'lockstep')
  if (platform === 'darwin') return join(homeOf(env), 'Library', 'Application Support', 'lockstep')
  return join(homeOf(env), '.config', 'lockstep')
}

/** The folder for the user's caches: XDG_CACHE_HOME, LOCALAPPDATA, or the system's default. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'lockstep')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homeOf(env), 'AppData', 'Local'), 'lockstep', 'cache')
  if (platform === 'darwin') return join(homeOf(env), 'Library', 'Caches', 'lockstep')
  return join(homeOf(env), '.cache', 'lockstep')
}

function homeOf(env: NodeJS.ProcessEnv): string {
  return env.HOME ?? homedir()
}
