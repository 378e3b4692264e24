/** The menu at the top, by what a reader wants to do. */
export const NAV = [
  {
    text: 'Try',
    items: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Examples', link: '/examples/' },
      { text: 'Questions', link: '/faq' },
    ],
  },
  {
    text: 'Call',
    items: [
      { text: 'API guide', link: '/api' },
      { text: 'Clients in your language', link: '/clients' },
      { text: 'Errors and retries', link: '/errors' },
      { text: 'Credentials', link: '/authentication' },
      { text: 'Jobs and uploads', link: '/jobs' },
    ],
  },
  {
    text: 'Models',
    items: [
      { text: 'Which model?', link: '/models' },
      { text: 'Bring your own', link: '/your-model' },
    ],
  },
  {
    text: 'Deploy',
    items: [
      { text: 'In a container', link: '/container' },
      { text: 'On AWS', link: '/deployment' },
      { text: 'From GitHub', link: '/delivery' },
      { text: 'Migrate from FastAPI', link: '/migration' },
      { text: 'Settings', link: '/settings' },
      { text: 'What it costs', link: '/cost' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'Dashboard and alarms', link: '/operations' },
      { text: 'Runbooks', link: '/runbooks/' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'Security', link: '/security' },
    ],
  },
  {
    text: 'Contribute',
    items: [
      { text: 'How to contribute', link: '/project/contributing' },
      { text: 'Architecture', link: '/architecture' },
      { text: 'Changelog', link: '/project/changelog' },
    ],
  },
];
