/** The script of report.html. */
document.documentElement.dataset['script'] = 'on'
