// Starts the setup page in the browser.

import '../src/scheme.ts'
import '../src/tokens.css'
import './setup.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

const place = document.getElementById('root')
if (place === null) throw new Error('setup.html has no place for the page')
createRoot(place).render(<App />)
