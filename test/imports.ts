// What a source imports, and the circles in which imports go round.

/** The names that a text imports, whether at once or later. */
export function importsOf(text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\b(?:[^'"`;=]*?\bfrom)?\s*'([^']+)'/gm)
  const calls = text.matchAll(/\bimport\('([^']+)'\)/g)
  return [...new Set([...statements, ...calls].map((match) => match[1] ?? ''))]
}

/** Every way that leads back to where it began. */
export function circlesIn(edges: ReadonlyMap<string, Iterable<string>>): readonly string[] {
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      return
    }
    if (done.has(path)) return
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) walk(path, [])
  return circles
}
