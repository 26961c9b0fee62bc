// Causes on the way out: what an app, the network or an option of ours did.

import type { Cause } from '../cause.ts'

/** Errors without a SCIM answer, of the client and of what this server calls itself. */
export const OUTBOUND: readonly Cause[] = [
  {
    id: 'no-answer',
    codes: ['ERR_TIMEOUT', 'ERR_OUTBOUND_TIME'],
    en: [
      'No complete answer came in time.',
      'The other side is slow or busy; whether it did what was asked is not known.',
      'Nothing: it is looked up and tried again. If it lasts, raise the time limit of the app or lower its rate.',
    ],
    de: [
      'Keine vollständige Antwort kam rechtzeitig.',
      'Die Gegenseite ist langsam oder überlastet; ob sie getan hat, was verlangt war, ist nicht bekannt.',
      'Nichts: Es wird nachgesehen und erneut versucht. Hält es an, erhöhen Sie die Zeitgrenze der App oder senken Sie ihre Rate.',
    ],
  },
  {
    id: 'no-connection',
    codes: ['ERR_NETWORK', 'ERR_OUTBOUND_CONNECT', 'ERR_OUTBOUND_BROKEN'],
    en: [
      'The other side could not be reached, or the connection broke.',
      'Its name, its certificate, a firewall or its own fault.',
      'Open its address from this server; then probe the app again.',
    ],
    de: [
      'Die Gegenseite war nicht erreichbar, oder die Verbindung brach ab.',
      'Es liegt an ihrem Namen, ihrem Zertifikat, einer Firewall oder an ihr selbst.',
      'Öffnen Sie ihre Adresse von diesem Server aus, und prüfen Sie die App dann erneut.',
    ],
  },
  {
    id: 'not-scim',
    codes: ['ERR_NOT_SCIM', 'ERR_OUTBOUND_ANSWER', 'ERR_REDIRECT'],
    en: [
      'The other side answered with something that is not SCIM.',
      'The address is that of a page, a sign-in or a proxy, or it leads elsewhere.',
      'Correct the base URL of the app; it usually ends in `/scim/v2`.',
    ],
    de: [
      'Die Gegenseite antwortete mit etwas, das kein SCIM ist.',
      'Die Adresse gehört zu einer Seite, einer Anmeldung oder einem Proxy, oder sie führt woandershin.',
      'Berichtigen Sie die Basis-URL der App; sie endet meist mit `/scim/v2`.',
    ],
  },
  {
    id: 'answer-too-large',
    codes: ['ERR_TOO_LARGE', 'ERR_OUTBOUND_SIZE', 'ERR_INCOMPLETE'],
    en: [
      'The answer of the other side was longer than is read, or ended early.',
      'It gives more than a page at once, or fewer people than it says.',
      'Lower the page size of the app; nothing that was not seen is taken for gone.',
    ],
    de: [
      'Die Antwort der Gegenseite war länger, als gelesen wird, oder endete zu früh.',
      'Sie gibt mehr als eine Seite auf einmal oder weniger Personen, als sie nennt.',
      'Verkleinern Sie die Seitengröße der App; was nicht gesehen wurde, gilt nicht als gelöscht.',
    ],
  },
  {
    id: 'no-access-token',
    codes: ['ERR_TOKEN'],
    en: [
      'The authorization server of the app gave no access token.',
      'The client id or secret is wrong or has expired, or the scope is not granted.',
      'Rotate the credentials of the app here, and probe it again.',
    ],
    de: [
      'Der Autorisierungsserver der App gab kein Zugangstoken.',
      'Client-ID oder Secret sind falsch oder abgelaufen, oder der Scope ist nicht gewährt.',
      'Erneuern Sie die Zugangsdaten der App hier, und prüfen Sie sie erneut.',
    ],
  },
  {
    id: 'address-not-allowed',
    codes: ['ERR_OUTBOUND_REFUSED'],
    en: [
      'This server refused to call that address; nothing was sent.',
      'It leads to a private network, which strangers could otherwise reach through this server.',
      'If it is meant, start the server with `--outbound-allow` and its range.',
    ],
    de: [
      'Dieser Server hat sich geweigert, diese Adresse aufzurufen; nichts wurde gesendet.',
      'Sie führt in ein privates Netz, das Fremde sonst durch diesen Server erreichen könnten.',
      'Ist es gewollt, starten Sie den Server mit `--outbound-allow` und ihrem Bereich.',
    ],
  },
  {
    id: 'config',
    codes: ['ERR_CONFIG'],
    en: [
      'An option makes no sense.',
      'The message names the option and what is allowed.',
      'Correct it; nothing runs with it until then.',
    ],
    de: [
      'Eine Option ergibt keinen Sinn.',
      'Die Meldung nennt die Option und was erlaubt ist.',
      'Berichtigen Sie sie; bis dahin läuft nichts damit.',
    ],
  },
]
