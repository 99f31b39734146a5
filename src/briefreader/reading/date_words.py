"""The words of dates, folded (lower case, no accents): months of many languages, halves of the day, time zones.

Serves ``dates``. ``NOISE`` are the words beside a date that say nothing of it: weekdays, articles, ordinals' endings.
"""

from __future__ import annotations

from briefreader.text import fold

_MONTHS = (
    "january jan januar janner jaenner janvier janv enero ene gennaio gen janeiro januari stycznia styczen sty января "
    "январь янв ledna leden ocak oca tammikuuta tammikuu січня januára januar",
    "february feb februar feber fevrier fevr fev febrero febbraio febb fevereiro februari lutego luty lut февраля "
    "февраль фев unora unor subat helmikuuta helmikuu лютого februára",
    "march mar marz maerz mrz mars marzo marco maart mrt marca marzec марта март мар brezna brezen mart maaliskuuta "
    "maaliskuu березня marts",
    "april apr avril avr abril abr aprile april kwietnia kwiecien kwi апреля апрель апр dubna duben nisan nis "
    "huhtikuuta huhtikuu квітня aprila",
    "may mai mayo maggio mag maio mei maj maja мая май kvetna kveten mayis toukokuuta toukokuu травня",
    "june jun juni juin junio giugno giu junho czerwca czerwiec cze июня июнь июн cervna cerven haziran haz kesakuuta "
    "kesakuu червня juna",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lip июля июль июл cervence cervenec temmuz tem "
    "heinakuuta heinakuu липня jula",
    "august aug aout agosto ago augustus augusti sierpnia sierpien sie августа август авг srpna srpen agustos "
    "elokuuta elokuu серпня augusta",
    "september sep sept septembre septiembre setiembre settembre set setembro sett wrzesnia wrzesien wrz сентября "
    "сентябрь сен сент zari eylul eyl syyskuuta syyskuu вересня septembra",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik paz октября октябрь окт "
    "rijna rijen ekim eki lokakuuta lokakuu жовтня oktobra",
    "november nov novembre noviembre novembro listopada listopad lis ноября ноябрь ноя kasim kas marraskuuta "
    "marraskuu листопада novembra",
    "december dec dezember dez decembre diciembre dic dicembre dezembro desember des grudnia grudzien gru декабря "
    "декабрь дек prosince prosinec aralik ara joulukuuta joulukuu грудня decembra",
)
MONTHS = {fold(word): number for number, words in enumerate(_MONTHS, 1) for word in words.split()}

MERIDIEMS = {"am": 0, "pm": 12, "上午": 0, "午前": 0, "下午": 12, "午後": 12, "晚上": 12} | {
    fold("오전"): 0,
    fold("오후"): 12,
}

_WEEKDAYS = """
monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun
montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so
lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim
lunes martes mie miercoles jueves jue viernes vie sabado sab domingo dom
lunedi martedi mercoledi giovedi gio venerdi sabato domenica
segunda feira terca quarta quinta sexta seg ter qua qui sex
maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo
mandag man tirsdag tir onsdag ons torsdag tor fredag fre lordag lor sondag son mandag tisdag tis lordag lor
poniedzialek wtorek sroda czwartek piatek sobota niedziela pon wt sr czw pt sob niedz
понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
pondeli utery streda ctvrtek patek nedele pazartesi sali carsamba persembe cuma cumartesi pazar
maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
"""
_SMALL_WORDS = """
st nd rd th er eme the of on at in and de del do da den der die das le la el il di do dia um uhr a as alle ore om kl
klo klokken г года в о godz roku r v hodin saat published posted updated updated date sent on by
"""
NOISE = frozenset(fold(word) for word in (_WEEKDAYS + _SMALL_WORDS).split()) - set(MONTHS)

# hours east of UTC; names that mean several zones (IST, BST, AST) are left out
ZONES = {
    "z": 0.0, "utc": 0.0, "gmt": 0.0, "wet": 0.0, "west": 1.0, "cet": 1.0, "mez": 1.0, "cest": 2.0, "mesz": 2.0,
    "eet": 2.0, "eest": 3.0, "msk": 3.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0,
    "pst": -8.0, "pdt": -7.0, "akst": -9.0, "akdt": -8.0, "hst": -10.0, "jst": 9.0, "kst": 9.0, "aest": 10.0,
    "aedt": 11.0, "nzst": 12.0, "nzdt": 13.0,
}  # fmt: skip
