"""Words that people write, in three languages, and what they have to mean."""

from __future__ import annotations

import pytest

from anmin.knowledge.load import Knowledge, load
from anmin.medicines.read import read_medicine
from anmin.person.medicine_list import Anchors
from anmin.person.product_list import ProductLine, understand_product
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.person.vocabulary import condition_key

STRICT = {
    "heart_disease": ["heart attack", "mitral valve prolapse", "心臟病發作", "二尖瓣脫垂", "心臓発作"],
    "kidney_disease": ["proteinuria", "蛋白尿", "血尿", "タンパク尿"],
    "active_cancer": ["breast cancer", "Prostate cancer", "乳癌", "肺腺癌", "大腸癌", "乳がん", "前立腺がん", "がん"],
    "autoimmune_disease": ["psoriasis", "rheumatoid arthritis", "牛皮癬", "白斑", "円形脱毛症", "掌蹠膿疱症"],
    "ibd": ["Crohn's", "Crohn's disease", "UC", "克隆氏症", "潰瘍性大腸炎"],
    "liver_disease": ["hepatitis B carrier", "B肝帶原", "肝指數過高", "肝機能異常"],
    "thyroid_disease": ["thyroid nodules", "甲狀腺結節", "甲状腺結節"],
    "hypertension": ["high blood pressure", "血壓高", "血圧が高い"],
    "depression": ["adjustment disorder", "適應障礙", "適応障害", "postpartum depression", "うつ状態"],
    "bipolar": ["bipolar 2", "雙極症", "双極性障害II型"],
    "asthma": ["氣喘", "ぜんそく", "咳喘息"],
    "severe_anaemia": ["thalassaemia major", "sickle cell disease", "再生不良性貧血"],
    "fever": ["UTI", "shingles", "膀胱炎", "皮蛇", "帯状疱疹"],
    "hay_fever": ["allergies", "鼻過敏", "アレルギー体質"],
    "epilepsy": ["seizure", "羊癲瘋", "けいれん発作"],
    "stroke_history": ["brain aneurysm", "くも膜下出血", "腦溢血"],
    "diabetes_type_1": ["type 1 diabetes", "T1DM", "1型糖尿病", "一型糖尿病"],
    "sleep_apnoea": ["sleep apnea", "呼吸中止症", "睡眠時無呼吸症候群"],
    "restless_legs": ["RLS", "不寧腿症候群", "むずむず脚症候群"],
    "low_blood_pressure": ["low BP", "血壓低", "血圧が低い"],
    "diarrhoea": ["food poisoning", "腸胃炎", "胃腸炎"],
}
"""Words for which some rule has to fire: the key that the rule is written for."""

ORDINARY = {
    "acne": ["acne", "青春痘", "ニキビ"],
    "rosacea": ["rosacea", "酒糟", "酒さ"],
    "sciatica": ["sciatica", "坐骨神經痛", "坐骨神経痛"],
    "herniated_disc": ["slipped disc", "herniated disc", "椎間盤突出", "椎間板ヘルニア"],
    "fibroids": ["fibroids", "子宮肌瘤", "子宮筋腫"],
    "snoring": ["snoring", "打鼾", "いびき"],
    "gallstones": ["gallstones", "膽結石", "胆石"],
    "hernia": ["hernia", "疝氣", "鼠径ヘルニア"],
    "dry_eye": ["dry eyes", "乾眼症", "ドライアイ"],
    "sinusitis": ["sinusitis", "鼻竇炎", "副鼻腔炎"],
    "raynaud": ["Raynaud's", "雷諾氏症", "レイノー病"],
    "varicose_veins": ["varicose veins", "靜脈曲張", "下肢静脈瘤"],
    "carpal_tunnel": ["carpal tunnel", "腕隧道症候群", "手根管症候群"],
    "g6pd_deficiency": ["G6PD deficiency", "蠶豆症", "G6PD欠損症"],
    "gastritis_ulcer": ["H. pylori", "胃痛", "ピロリ菌"],
    "eating_disorder": ["anorexia", "厭食症", "拒食症"],
    "scoliosis": ["scoliosis", "脊椎側彎", "側弯症"],
    "alcohol_dependence": ["recovering alcoholic", "戒酒中", "断酒中"],
    "arthritis": ["knee osteoarthritis", "退化性關節炎", "変形性膝関節症"],
    "neck_shoulder": ["stiff neck", "肩頸痠痛", "肩こり"],
    "cold_hands_feet": ["cold hands and feet", "手腳冰冷", "冷え性"],
    "autonomic_imbalance": ["autonomic imbalance", "自律神經失調", "自律神経失調症"],
    "frozen_shoulder": ["frozen shoulder", "五十肩", "四十肩"],
    "metabolic_syndrome": ["metabolic syndrome", "代謝症候群", "メタボ"],
    "pms": ["PCOS", "endometriosis", "多囊性卵巢症候群", "子宮內膜異位", "子宮内膜症"],
    "thalassaemia": ["thalassemia", "地中海貧血", "サラセミア"],
    "long_covid": ["long COVID", "新冠後遺症", "コロナ後遺症"],
    "skin_fungus": ["athlete's foot", "香港腳", "水虫"],
    "insomnia": ["trouble sleeping", "淺眠", "中途覚醒"],
}
"""Words for what no rule is about: known, so that they hold nothing up."""

PLAIN_PRODUCTS = [
    "collagen", "膠原蛋白", "コラーゲン", "creatine", "肌酸", "turmeric", "薑黃", "ウコン", "lutein", "葉黃素",
    "ルテイン", "fish oil", "魚油", "probiotics", "益生菌", "乳酸菌", "vitamin C", "維他命C", "ビタミンC",
    "vitamin D3", "維他命D", "biotin", "CoQ10", "glucosamine", "シナール", "IUD", "copper IUD", "hormonal IUD",
]  # fmt: skip

HERBAL = ["葛根湯", "加味逍遙散", "抑肝散", "酸棗仁湯", "半夏厚朴湯", "小青竜湯", "防風通聖散", "天王補心丹", "正露丸",
          "ナイシトール", "甘麥大棗湯", "柴胡加竜骨牡蛎湯"]  # fmt: skip

FIRM = """
age: 40
sex: male
country: {country}
bed: "23:00"
medicines: []
taking: []
allergies: []
conditions: ["{condition}"]
"""


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def _pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(word, key) for key, words in table.items() for word in words]


@pytest.mark.parametrize(("word", "key"), _pairs(STRICT))
def test_a_word_that_a_rule_is_about_reaches_a_rule(word: str, key: str, known: Knowledge) -> None:
    assert condition_key(word, known) == key
    about = {each for rule in known.conditions.values() for each in rule.keys}
    about |= {each for rule in known.bath_rules.values() for each in rule.keys}
    about |= {each for flag in known.red_flags.values() for each in flag.keys}
    assert key in about


@pytest.mark.parametrize(("word", "key"), _pairs(ORDINARY))
def test_an_everyday_word_is_known(word: str, key: str, known: Knowledge) -> None:
    assert condition_key(word, known) == key


@pytest.mark.parametrize("word", ["porphyria", "liver cancer", "肝癌", "ALS", "水腫"])
def test_what_no_key_covers_safely_stays_a_question(word: str, known: Knowledge) -> None:
    who = understand(parse_profile(FIRM.format(country="TW", condition=word)), known)
    assert word in who.unknown_conditions
    assert any(each.id == f"condition:{word}" and "*" in each.blocks for each in who.questions)


@pytest.mark.parametrize(
    ("typed", "country", "option"),
    [
        ("myastenia gravis", "US", "myasthenia gravis"),
        ("重症筋無力", "JP", "重症筋無力症"),
        ("重症肌無力", "TW", "重症肌無力症"),
        ("パーキンソン氏病", "JP", "パーキンソン病"),
    ],
)
def test_a_near_miss_is_asked_with_names_and_never_with_ids(
    typed: str, country: str, option: str, known: Knowledge
) -> None:
    who = understand(parse_profile(FIRM.format(country=country, condition=typed)), known)
    (asked,) = (each for each in who.questions if each.id == f"condition:{typed}")
    assert option in asked.options
    assert not any("_" in text for text in (*asked.options, asked.text.en, asked.text.zh_hant, asked.text.ja))
    for each in asked.options:  # each can be written back as the answer
        assert condition_key(each, known) is not None
    names = [known.condition_keys[key].name for each in asked.options if (key := condition_key(each, known))]
    assert all(name.en in asked.text.en and name.zh_hant in asked.text.zh_hant for name in names)
    assert all(name.ja in asked.text.ja for name in names)


def _taken(word: str, known: Knowledge) -> ProductLine:
    return understand_product(word, "taking[0]", Anchors(None, None, None), "TW", known)


@pytest.mark.parametrize("word", PLAIN_PRODUCTS)
def test_an_ordinary_product_does_not_hold_everything_up(word: str, known: Knowledge) -> None:
    line = _taken(word, known)
    asked = (*line.questions, *(line.medicine.questions if line.medicine else ()))
    assert line.unknown is None
    assert not any("*" in each.blocks for each in asked)


@pytest.mark.parametrize("word", PLAIN_PRODUCTS)
def test_the_code_of_an_ordinary_product_is_near_no_rule(word: str, known: Knowledge) -> None:
    """A code of a whole group would count as every medicine of the group; none of these may be such a group."""
    about = {code for rule in known.interactions.values() for code in (*rule.atc, *rule.atc_aliases)}
    if word in ("vitamin D3", "維他命D"):  # rules about vitamin D are meant
        return
    for code in read_medicine(word, known).atc:
        assert not [each for each in about if len(each) > 1 and (each.startswith(code) or code.startswith(each))]


@pytest.mark.parametrize(
    ("word", "substances"),
    [
        ("multivitamin", {"magnesium", "zinc", "vitamin_b6"}),
        ("綜合維他命", {"magnesium", "zinc", "vitamin_b6"}),
        ("マルチビタミン", {"magnesium", "zinc", "vitamin_b6"}),
        ("エビオス", {"magnesium"}),
        ("若元錠", {"magnesium"}),
        ("whey protein", {"magnesium"}),
    ],
)
def test_a_product_that_may_hold_what_is_summed_is_asked_about(
    word: str, substances: set[str], known: Knowledge
) -> None:
    line = _taken(word, known)
    assert line.medicine is not None
    assert substances <= {blocked for each in line.medicine.questions for blocked in each.blocks}


@pytest.mark.parametrize("word", HERBAL)
def test_a_herbal_formula_is_never_taken_for_checked_and_says_whom_to_ask(word: str, known: Knowledge) -> None:
    assert read_medicine(word, known).status != "recognised"
    text = FIRM.format(country="JP", condition="acne")
    for field in ("medicines", "taking"):
        who = understand(parse_profile(text.replace(f"{field}: []", f'{field}: ["{word}"]')), known)
        asked = next(each for each in who.questions if each.id.endswith(f":{word}"))
        assert "*" in asked.blocks
        assert "pharmacist" in asked.why.en
        assert "藥師" in asked.why.zh_hant
        assert "薬剤師" in asked.why.ja


@pytest.mark.parametrize(
    ("word", "code"),
    [("アルダクトン", "C03DA01"), ("史蒂諾斯", "N05CF02"), ("使蒂諾斯", "N05CF02"), ("B12", "B03BA01")],
)
def test_a_name_with_one_meaning_is_read(word: str, code: str, known: Knowledge) -> None:
    reading = read_medicine(word, known)
    assert reading.status == "recognised"
    assert reading.atc == (code,)
