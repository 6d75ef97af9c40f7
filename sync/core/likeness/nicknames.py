"""First names that mean the same person: Bill is William, Kasia is Katarzyna."""

from __future__ import annotations

from .folding import plain

_GROUPS = """
william will bill billy willie liam willy|robert rob bob bobby robbie bert roberto|richard rick
dick rich ricky|james jim jimmy jamie|john jack johnny jon jonathan johnathan|michael mike mick
mickey micky|thomas tom tommy|charles charlie chuck chas|edward ed eddie ted ned teddy|joseph joe
joey|david dave davey|daniel dan danny|matthew matt|anthony tony antony|christopher chris kit|
andrew andy drew|stephen steve steven stefan stephan|kenneth ken kenny|george georgie|benjamin ben
benny benji|samuel sam sammy|samantha sam sammie|gregory greg|alexander alex alec sandy sasha xander
aleksander alexandre|alexandra alex sandra sasha lexi|nicholas nick nicky nicolas nikolas|patrick
pat paddy|peter pete petr pieter|philip phil phillip philippe|ronald ron ronnie|timothy tim|gerald
gerry jerry|lawrence larry laurence|raymond ray|frederick fred freddie freddy frederic|henry harry
hank henri|harold harry hal|francis frank francisco|franklin frank|walter walt wally|jeffrey jeff
geoffrey geoff|leonard len lenny leo|douglas doug|donald don donny|albert al bert|alan al allan
allen|arthur art|eugene gene|zachary zach zack|nathaniel nathan nate|joshua josh|jacob jake|
elizabeth liz beth lizzie betty eliza elisabeth libby lisa|margaret maggie meg peggy marge greta|
katherine kate kathy katie kathryn catherine cathy kathleen katharine kat|jennifer jen jenny|
patricia pat patty trish tricia|barbara barb babs|susan sue susie suzanne suzie|rebecca becky becca|
deborah deb debbie debra|victoria vicky tori vicki|jessica jess jessie|christine chris christina
tina chrissie|stephanie steph|kimberly kim|pamela pam|cynthia cindy|sandra sandy|dorothy dot dotty|
theresa terry teresa tess|judith judy judi|jacqueline jackie|josephine jo josie|abigail abby|
amanda mandy|angela angie|veronica ronnie|virginia ginny|florence flo|natalie nat|isabella bella
isabel|anna ann anne annie|nancy nan ann|helen nell helena|eleanor ellie nell elinor|olivia liv|
maximilian max|sebastian seb bastian|friedrich fritz|johannes hans johann|josef sepp|wolfgang wolf|
heinrich heinz|katarzyna kasia|malgorzata gosia|agnieszka aga|tomasz tomek|francesco franco|
giuseppe beppe peppe|luigi gigi|giovanni gianni|jose pepe|francisco paco|guadalupe lupe|dolores lola
|mohammed mohamed muhammad mohammad|yusuf youssef yousef|ekaterina katya|dmitri dima dmitry|
ivan vanya|mikhail misha|vladimir volodya vlad|aleksandr sasha
"""

_OF: dict[str, set[int]] = {}
for _number, _group in enumerate(_GROUPS.split("|")):
    for _name in _group.split():
        _OF.setdefault(plain(_name), set()).add(_number)


def are_the_same(one: str, other: str) -> bool:
    """Return whether both (folded) first names are forms of one name."""
    return not _OF.get(one, _NONE).isdisjoint(_OF.get(other, _NONE))


_NONE: frozenset[int] = frozenset()
