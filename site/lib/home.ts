/** The front of the site, above docs/README.md. */
export const HOME_HERO = {
  name: 'Image classification',
  text: 'without a cluster',
  tagline:
    'ResNet-50 on AWS Lambda, in a container or on your laptop: one image, with the API, the deployment, the metrics and the ' +
    'alarms.',
  actions: [
    { theme: 'brand', text: 'Quick start', link: '/quick-start' },
    { theme: 'alt', text: 'API guide', link: '/api' },
    { theme: 'alt', text: 'Deploy on AWS', link: '/deployment' },
  ],
} as const;
