"""Words that carry little or a special meaning in names and addresses; an admin can add more."""

from __future__ import annotations

from .folding import plain, words


def listed(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def _forms(text: str) -> dict[tuple[str, ...], str]:
    """Return each spelling (as words) with its legal form; the first spelling names the form."""
    found: dict[tuple[str, ...], str] = {}
    for line in text.strip().splitlines():
        spellings = [tuple(words(part)) for part in line.split("|")]
        found |= dict.fromkeys(spellings, " ".join(spellings[0]))
    return found


LEGAL_FORMS = _forms(
    """
ltd | limited | limited company
plc | public limited company
llp | limited liability partnership
llc | limited liability company | limited liability co
lllp
inc | incorporated
corp | corporation
co | company | cie | compagnie | compania | compagnia | cia
pty ltd | pty | pty limited | proprietary limited | proprietary ltd
pvt ltd | pvt | private limited | pvt limited | private ltd
pte ltd | pte | pte limited
co ltd | company limited | co limited
cic | community interest company
clg
dac | designated activity company
pllc | pc
lp | limited partnership
gmbh | mbh | gesellschaft mbh | gesellschaft mit beschränkter haftung | gesmbh | ges m b h
gmbh co kg | gmbh and co kg | gmbh und co kg | gmbh u co kg | gmbh cie kg | gmbh co
ug co kg | ug haftungsbeschränkt and co kg
ag | aktiengesellschaft
ag co kg | ag and co kg
ug | ug haftungsbeschränkt | unternehmergesellschaft
kg | kommanditgesellschaft
ohg | offene handelsgesellschaft
gbr | gesellschaft bürgerlichen rechts
ek | e k | e kfm | e kfr
ev | e v | eingetragener verein
eg | e g | eingetragene genossenschaft
partg | partg mbb
se | societas europaea
sa | société anonyme | sociedad anónima | sociedade anonima | spółka akcyjna
sas | société par actions simplifiée
sasu
sarl | société à responsabilité limitée
eurl
sci
snc
spa | società per azioni
srl | società a responsabilità limitata
srls
sapa
sl | slu | sociedad limitada | s l | s l u
sa de cv | s a de c v
s de rl de cv | s de rl
ltda | limitada
lda | unipessoal lda
eireli
sgps
bv | besloten vennootschap | b v
nv | naamloze vennootschap | n v
bvba | besloten vennootschap met beperkte aansprakelijkheid
vof | v o f
ab | aktiebolag
as | aksjeselskap | a s | aktieselskab
asa
aps | anpartsselskab
oy | osakeyhtiö
oyj
oü | osauhing
sia
uab
sp zoo | sp z oo | sp z o o | spółka z ograniczoną odpowiedzialnością | spzoo
sp j
sro | s r o | spol s ro | spol s r o
doo | d o o
dd | d d
kft | korlátolt felelősségű társaság
zrt
nyrt
bt
eood
ood
ooo
oao
zao
pjsc
sdn bhd | bhd | sendirian berhad
kk | kabushiki kaisha
pt
tbk
as sti
aş
"""
)
"""Spellings of legal forms (folded words) and the form they mean."""

FORMS_ANYWHERE = listed(
    "ltd limited plc llp llc inc incorporated gmbh mbh ug kg sarl srl bv bvba aktiengesellschaft "
    "sro kft pty eood sdn oyj spzoo aps gbr ohg"
)
"""One-word forms that mean nothing else, so that they are recognised amid a name too."""

STOP_WORDS = listed(
    "the and of for und et y e i de la le les der die das des dem den del della di da do dos das "
    "du los las el van von zu zum zur the a an en og och och ja u und at in im am no nr"
)
TITLES = listed("mr mrs ms miss mx dr prof professor sir dame herr frau mme mlle sig dra")

_ALIKE = """
brothers bros | international intl internat | manufacturing mfg manuf | associates assoc assocs
| service svcs svc serv services | management mgmt mgt | national natl | university univ
| center centre ctr cntr | engineering engg engrg | group grp | holding hldg hldgs holdings
| hospital hosp | system sys systems | solution solns solutions | technology tech technologies
| department dept | laboratory lab labs laboratories | distribution distr distrib
| construction constr | development dev developments | property props properties prop
| enterprise ent enterprises | industry inds industries ind | product prods products
| partners ptnrs partner | consulting consult consultants consultancy consultant cons
| theater theatre | color colour | gray grey | organization organisation org
| transport trans | electrical elec | 1 one | 2 two second 2nd | 3 three third 3rd | 4 four 4th
| 5 five 5th | 6 six | 7 seven | 8 eight | 9 nine | 10 ten
"""
ALIKE = {
    plain(spelling): plain(meant)
    for line in _ALIKE.split("|")
    for meant, *spellings in [line.split()]
    for spelling in spellings
}
"""Spellings that are written as another word before names are compared."""

DESIGNATORS = {
    **{"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"},
    **{"jr": "jr", "junior": "jr", "jnr": "jr", "sr": "sr", "senior": "sr", "snr": "sr"},
}
"""Words that tell a record from its siblings as a number does."""

BUSINESS = listed(
    """
services solutions technology systems consulting international management engineering partners
associates enterprises industries products trading construction development properties logistics
transport marketing media design digital software data security energy power water electric
electrical electronics plumbing heating building builders motors auto automotive garage cars
foods food catering restaurant cafe bar hotel travel tours clinic medical dental health care
pharmacy fitness sports school college academy education training university center club shop
store stores market supplies supply equipment tools machinery machines steel metal wood glass
paper print printing packaging plastics chemicals textiles clothing fashion jewelry beauty hair
salon spa cleaning maintenance repair rental hire leasing finance financial capital investments
insurance legal law accounting accountants tax advisory advisors bank fund trust foundation
charity association society union council office studio gallery works production productions
films music records books publishing press news radio tv communications telecom network networks
web online cloud mobile global world euro european american british german french national
regional local city town central north south east west northern southern eastern western new
old first best top premier prime elite royal golden green blue red white black silver star sun
united general standard quality express direct pro plus one farm farms garden gardens home homes
house family group holding company brothers sons limited environmental research laboratory
imports exports import export wholesale retail distribution manufacturing fabrication contractors
contracting architects surveyors recruitment staffing personnel events agency interiors furniture
kitchens bathrooms roofing flooring painting landscaping waste recycling oil gas mining shipping
freight couriers delivery storage solar aviation marine bakery coffee wine beer brewery fish meat
dairy fruit organic handel vertrieb technik bau elektro verlag immobilien beratung gruppe dienst
transporte servicios comercial industrias construcciones servizi costruzioni societe commerce
"""
)
PERSONAL = listed(
    """
john james robert michael william david richard joseph thomas charles christopher daniel matthew
anthony mark donald steven paul andrew joshua kevin brian george edward ronald timothy jason
jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel
gregory frank alexander raymond patrick jack dennis jerry tyler aaron peter adam henry nathan
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty margaret
sandra ashley kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie rebecca
sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha
katherine christine rachel carolyn janet catherine maria heather diane ruth julie olivia joyce
sophie lucy chloe charlotte grace oliver harry noah leo arthur luke simon martin ian alan neil
hans klaus wolfgang jürgen peter thomas andreas stefan michael anna julia petra sabine monika
pierre jean marie michel philippe juan jose carlos antonio luis ana carmen isabel giovanni
giuseppe marco luca francesca giulia ahmed mohamed mohammed ali fatima wei li chen raj kumar
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez
wilson anderson taylor moore jackson lee perez thompson white harris sanchez clark ramirez lewis
robinson walker young allen king wright torres nguyen hill flores green adams nelson baker hall
rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards
collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson
bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood bennett gray
hughes davies patel khan singh wang zhang liu müller schmidt schneider fischer weber meyer wagner
becker schulz hoffmann schäfer koch bauer richter klein wolf schröder neumann schwarz martin
bernard dubois petit durand leroy moreau rossi russo ferrari esposito bianchi silva santos
""".translate(str.maketrans("äöü", "aou"))
)
COMMON = frozenset(map(plain, BUSINESS | PERSONAL)) | frozenset(ALIKE.values())
"""Words so common in names that sharing one proves little, even in a small book."""

GROUP_WORDS = frozenset(
    ALIKE.get(word, word)
    for word in listed(
        "group holding holdings gruppe groupe grupo gruppo subsidiary treuhand venture ventures "
        "beteiligungen beteiligung verwaltung verwaltungs immobilien property estates foundation "
        "stiftung trust pension international global europe"
    )
)
"""Words that make another company of a family of companies."""

FREE_MAIL = listed(
    """gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es ymail.com
hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it outlook.com outlook.de outlook.fr
live.com live.co.uk live.nl msn.com aol.com aol.co.uk icloud.com me.com mac.com gmx.de gmx.net
gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de mail.com mail.ru yandex.ru yandex.com
proton.me protonmail.com pm.me zoho.com fastmail.com hey.com tutanota.com btinternet.com
btopenworld.com sky.com virginmedia.com ntlworld.com talktalk.net tiscali.co.uk blueyonder.co.uk
orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr libero.it virgilio.it tin.it alice.it
telenet.be skynet.be ziggo.nl kpnmail.nl xs4all.nl planet.nl hetnet.nl telia.com bluewin.ch
comcast.net verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net earthlink.net
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz rogers.com shaw.ca sympatico.ca
qq.com 163.com 126.com sina.com naver.com rediffmail.com uol.com.br bol.com.br terra.com.br wp.pl
o2.pl onet.pl interia.pl seznam.cz centrum.cz abv.bg telefonica.net eircom.net"""
)
SHARED_MAILBOXES = listed(
    """info office contact contacts hello hi mail email post enquiries enquiry inquiries admin
administration accounts account accounting accountspayable ap ar finance finances billing invoices
invoice invoicing payments payable payables purchasing purchase orders order sales support help
helpdesk service services team reception hr jobs marketing webmaster noreply no-reply donotreply
buchhaltung rechnung rechnungen kontakt verwaltung zentrale einkauf vertrieb facturation
comptabilite compta contabilidad facturas facturacion administracion amministrazione contabilita
fatture administratie facturen boekhouding ekonomi faktura regnskab biuro ksiegowosc
treasury bookkeeping secretary general customer customerservice shop store"""
)
