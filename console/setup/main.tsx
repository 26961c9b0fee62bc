// Starts the setup page in the browser.

import '../src/scheme.ts'
import '../src/tokens.css'
import './setup.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

// Nobody chooses a scheme here: the page follows the system, also while it is open.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
  document.documentElement.setAttribute('data-mantine-color-scheme', matches ? 'dark' : 'light')
})

const place = document.getElementById('root')
if (place === null) throw new Error('setup.html has no place for the page')
createRoot(place).render(<App />)
