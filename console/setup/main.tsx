// Starts the setup page in the browser.

import '../src/scheme.ts'
import '../src/tokens.css'
import { createRoot } from 'react-dom/client'

const place = document.getElementById('root')
if (place === null) throw new Error('setup.html has no place for the page')
createRoot(place).render(
  <main>
    <h1>Set up provisioning</h1>
  </main>,
)
