"""The states and provinces of Salesforce's own lists: ten countries come with one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LISTS = """
AU: ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland;
SA South Australia; TAS Tasmania; VIC Victoria; WA Western Australia
BR: AC Acre; AL Alagoas; AP Amapá; AM Amazonas; BA Bahia; CE Ceará; DF Distrito Federal; ES
Espírito Santo; GO Goiás; MA Maranhão; MT Mato Grosso; MS Mato Grosso do Sul; MG Minas Gerais; PA
Pará; PB Paraíba; PR Paraná; PE Pernambuco; PI Piauí; RJ Rio de Janeiro; RN Rio Grande do Norte;
RS Rio Grande do Sul; RO Rondônia; RR Roraima; SC Santa Catarina; SP São Paulo; SE Sergipe; TO
Tocantins
CA: AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador;
NT Northwest Territories; NS Nova Scotia; NU Nunavut; ON Ontario; PE Prince Edward Island; QC
Quebec; SK Saskatchewan; YT Yukon Territories
CN: 34 Anhui; 11 Beijing; 50 Chongqing; 35 Fujian; 62 Gansu; 44 Guangdong; 45 Guangxi; 52 Guizhou;
46 Hainan; 13 Hebei; 23 Heilongjiang; 41 Henan; 91 Hong Kong; 42 Hubei; 43 Hunan; 32 Jiangsu; 36
Jiangxi; 22 Jilin; 21 Liaoning; 92 Macao; 15 Nei Mongol; 64 Ningxia; 63 Qinghai; 61 Shaanxi; 37
Shandong; 31 Shanghai; 14 Shanxi; 51 Sichuan; 71 Taiwan; 12 Tianjin; 65 Xinjiang; 54 Xizang; 53
Yunnan; 33 Zhejiang
IE: CW Carlow; CN Cavan; CE Clare; CO Cork; DL Donegal; D Dublin; G Galway; KY Kerry; KE Kildare;
KK Kilkenny; LS Laois; LM Leitrim; LK Limerick; LD Longford; LH Louth; MO Mayo; MH Meath; MN
Monaghan; OY Offaly; RN Roscommon; SO Sligo; TA Tipperary; WD Waterford; WH Westmeath; WX Wexford;
WW Wicklow
IN: AN Andaman and Nicobar Islands; AP Andhra Pradesh; AR Arunachal Pradesh; AS Assam; BR Bihar;
CH Chandigarh; CT Chhattisgarh; DL Delhi; GA Goa; GJ Gujarat; HR Haryana; HP Himachal Pradesh; JK
Jammu and Kashmir; JH Jharkhand; KA Karnataka; KL Kerala; LD Lakshadweep; MP Madhya Pradesh; MH
Maharashtra; MN Manipur; ML Meghalaya; MZ Mizoram; NL Nagaland; OR Odisha; PY Puducherry; PB
Punjab; RJ Rajasthan; SK Sikkim; TN Tamil Nadu; TG Telangana; TR Tripura; UP Uttar Pradesh; UT
Uttarakhand; WB West Bengal
IT: AG Agrigento; AL Alessandria; AN Ancona; AO Aosta; AR Arezzo; AP Ascoli Piceno; AT Asti; AV
Avellino; BA Bari; BT Barletta-Andria-Trani; BL Belluno; BN Benevento; BG Bergamo; BI Biella; BO
Bologna; BZ Bolzano; BS Brescia; BR Brindisi; CA Cagliari; CL Caltanissetta; CB Campobasso; CE
Caserta; CT Catania; CZ Catanzaro; CH Chieti; CO Como; CS Cosenza; CR Cremona; KR Crotone; CN
Cuneo; EN Enna; FM Fermo; FE Ferrara; FI Florence; FG Foggia; FC Forlì-Cesena; FR Frosinone; GE
Genoa; GO Gorizia; GR Grosseto; IM Imperia; IS Isernia; AQ L'Aquila; SP La Spezia; LT Latina; LE
Lecce; LC Lecco; LI Livorno; LO Lodi; LU Lucca; MC Macerata; MN Mantua; MS Massa and Carrara; MT
Matera; ME Messina; MI Milan; MO Modena; MB Monza and Brianza; NA Naples; NO Novara; NU Nuoro; OR
Oristano; PD Padua; PA Palermo; PR Parma; PV Pavia; PG Perugia; PU Pesaro and Urbino; PE Pescara;
PC Piacenza; PI Pisa; PT Pistoia; PN Pordenone; PZ Potenza; PO Prato; RG Ragusa; RA Ravenna; RC
Reggio Calabria; RE Reggio Emilia; RI Rieti; RN Rimini; RM Rome; RO Rovigo; SA Salerno; SS
Sassari; SV Savona; SI Siena; SR Syracuse; SO Sondrio; TA Taranto; TE Teramo; TR Terni; TO Turin;
TP Trapani; TN Trento; TV Treviso; TS Trieste; UD Udine; VA Varese; VE Venice; VB
Verbano-Cusio-Ossola; VC Vercelli; VR Verona; VV Vibo Valentia; VI Vicenza; VT Viterbo
JP: 01 Hokkaido; 02 Aomori; 03 Iwate; 04 Miyagi; 05 Akita; 06 Yamagata; 07 Fukushima; 08 Ibaraki;
09 Tochigi; 10 Gunma; 11 Saitama; 12 Chiba; 13 Tokyo; 14 Kanagawa; 15 Niigata; 16 Toyama; 17
Ishikawa; 18 Fukui; 19 Yamanashi; 20 Nagano; 21 Gifu; 22 Shizuoka; 23 Aichi; 24 Mie; 25 Shiga; 26
Kyoto; 27 Osaka; 28 Hyogo; 29 Nara; 30 Wakayama; 31 Tottori; 32 Shimane; 33 Okayama; 34 Hiroshima;
35 Yamaguchi; 36 Tokushima; 37 Kagawa; 38 Ehime; 39 Kochi; 40 Fukuoka; 41 Saga; 42 Nagasaki; 43
Kumamoto; 44 Oita; 45 Miyazaki; 46 Kagoshima; 47 Okinawa
MX: AG Aguascalientes; BC Baja California; BS Baja California Sur; CM Campeche; CS Chiapas; CH
Chihuahua; CO Coahuila; CL Colima; DG Durango; DF Federal District; GT Guanajuato; GR Guerrero; HG
Hidalgo; JA Jalisco; ME Mexico State; MI Michoacán; MO Morelos; NA Nayarit; NL Nuevo León; OA
Oaxaca; PB Puebla; QE Querétaro; QR Quintana Roo; SL San Luis Potosí; SI Sinaloa; SO Sonora; TB
Tabasco; TM Tamaulipas; TL Tlaxcala; VE Veracruz; YU Yucatán; ZA Zacatecas
US: AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; DE
Delaware; DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN
Indiana; IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts;
MI Michigan; MN Minnesota; MS Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New
Hampshire; NJ New Jersey; NM New Mexico; NY New York; NC North Carolina; ND North Dakota; OH Ohio;
OK Oklahoma; OR Oregon; PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; TN
Tennessee; TX Texas; UT Utah; VT Vermont; VA Virginia; WA Washington; WV West Virginia; WI
Wisconsin; WY Wyoming
"""


def has_list(country: str) -> bool:
    """Return whether Salesforce has a list for the country (its code of two letters)."""
    return country in _lists()


def code(country: str, text: str) -> str:
    """Return Salesforce's code of a state by its name or code, or empty."""
    return _lists().get(country, {}).get(_key(text), "")


@cache
def _lists() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for entry in re.split(r"\n(?=[A-Z]{2}: )", _LISTS.strip()):
        country, _, states = entry.partition(": ")
        pairs = [one.split(" ", 1) for one in " ".join(states.split()).split("; ")]
        found[country] = {_key(name): short for short, name in pairs}
        found[country] |= {_key(short): short for short, _ in pairs}
    return found


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = re.sub(r"^(county|co\.?|state of|province of) ", "", plain.strip())
    return "".join(c for c in bare if c.isalnum())
