/** The script of report.html. */
import './style.css'

document.documentElement.dataset['script'] = 'on'
