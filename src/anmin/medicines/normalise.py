"""Every way of writing a name → one shape to compare.

Two shapes: :func:`clean` keeps the words apart, :func:`key` is what the index is looked up by. Width, case, accents,
kana (hiragana, small kana, long vowels, ヴ) and variant Chinese characters (Japanese and simplified forms of those
that occur in medicines' names) no longer matter in a key; nothing else is folded, so that two names stay two names.
"""

from __future__ import annotations

import unicodedata

_DAKUTEN = "\u3099\u309a"
_DROPPED = " \t\n\r\u3000-‐‑‒–—―−ー_~・·•.,、。，;:'’‘`\"“”()（）[]{}<>「」『』【】〔〕/+&*#!?％%=|\\"

_VARIANTS = (
    "薬藥药藥圧壓压壓剤劑剂劑鉄鐵铁鐵亜亞亚亞点點塩鹽盐鹽黒黑髄髓鎮鎮镇鎮静靜沢澤発發発發断斷気氣渋澀乾乾"
    "霉黴臺台膦磷綫線钠鈉钾鉀钙鈣镁鎂锂鋰锌鋅铝鋁铋鉍铂鉑环環诺諾罗羅红紅维維韦韋兰蘭达達马馬贝貝来來纳納"
    "奥奧丽麗尔爾龙龍脉脈单單单單単單宁寧头頭苏蘇异異双雙双雙伦倫吗嗎泼潑强強氢氫酰醯胆膽胆膽铵銨无無肾腎脑腦"
    "动動胶膠颗顆针針贴貼溃潰疗療润潤闭閉乐樂楽樂肠腸郁鬱虑慮过過风風湿濕关關節節节節结結疟瘧虫蟲状狀长長"
    "时時间間东東盘盤类類糖糖质質经經质質广廣应應为為体體体體关關团團图圖国國国國会會会會个個价價伟偉优優"
    "传傳冲沖凯凱净淨减減几幾击擊则則剑劍办辦务務劳勞势勢华華协協厂廠历歷参參参參变變号號听聽启啟吴吳员員"
    "咙嚨响響唤喚嗫囁围圍圆圓圣聖坏壞坚堅块塊垒壘复複备備够夠奋奮妇婦姗姍孙孫学學学學宝寶实實宫宮宽寬对對寻尋导導"
    "将將尘塵尝嘗层層岁歲岛島师師带帶帮幫庄莊库庫庐廬庆慶张張弥彌归歸录錄径徑忆憶怀懷态態总總恶惡恼惱悬懸惊驚惯慣愈癒"
    "战戰户戶扩擴扫掃扬揚护護报報担擔拉拉拟擬拥擁择擇择擇挡擋损損换換据據敌敵数數数數斋齋斗鬥旧舊显顯晓曉暂暫术術机機杀殺"
    "权權条條杨楊极極构構标標栋棟树樹样樣桥橋检檢楼樓榄欖欧歐欧歐残殘毕畢汉漢汤湯沟溝没沒沥瀝泪淚泻瀉泽澤洁潔测測济濟浆漿浓濃"
    "涂塗涛濤涤滌涩澀涨漲渊淵渐漸渗滲温溫湾灣满滿滤濾滥濫灭滅灯燈灵靈炉爐炼煉烁爍烂爛烟煙烦煩烧燒热熱爱愛牵牽犹猶狮獅"
    "独獨独獨献獻玛瑪现現琼瓊电電画畫畅暢疮瘡痒癢痈癰痉痙癣癬皱皺盖蓋盘盤眍瞘码碼础礎确確礼禮祸禍离離种種积積称稱稳穩穷窮"
    "笔筆笼籠筛篩签簽简簡粮糧紧緊纤纖约約级級纯純组組细細织織终終绍紹绘繪给給络絡绝絕统統继繼续續续續绿綠绿綠缓緩编編缩縮"
    "网網罚罰罢罷翘翹职職联聯聪聰肃肅肤膚肿腫胀脹胁脅脏臟脓膿脚腳脱脫舍捨艰艱艳艷艺藝芦蘆苍蒼茎莖荐薦药藥莱萊获獲萝蘿萤螢营營营營"
    "蓝藍虏虜虽雖蚀蝕补補装裝裤褲见見规規视視觉覺计計订訂认認讨討训訓议議记記许許论論设設访訪证證识識诉訴词詞试試诗詩诚誠话話"
    "询詢该該详詳说說请請读讀课課谁誰调調谈談谐諧谢謝谱譜负負贡貢财財责責败敗货貨购購贮貯贵貴费費贺賀资資赖賴赞贊赛賽赤赤"
    "趋趨跃躍践踐车車转轉轮輪软軟轻輕输輸辅輔边邊辽遼迁遷运運还還进進远遠违違连連迟遲适適选選递遞逻邏遗遺邓鄧邻鄰酱醬酿釀"
    "释釋里裡钟鐘钢鋼钩鉤铃鈴银銀链鏈销銷锁鎖锅鍋错錯锡錫锭錠键鍵锯鋸镜鏡门門闪閃闭閉问問闷悶闻聞阳陽阴陰阵陣阶階际際陆陸陈陳险險"
    "随隨隐隱难難雾霧霾霾韩韓页頁顶頂项項顺順须須顽頑顿頓预預领領颈頸频頻题題颜顏额額飞飛饭飯饮飲饱飽馆館驱驅驻駐骗騙验驗"
    "鱼魚鲁魯鲜鮮鸟鳥鸡雞鸦鴉麦麥黄黃齐齊齿齒龄齡龟龜両兩売賣変變広廣応應徳德恵惠悪惡戦戰拠據拡擴挙舉捜搜収收"
    "栄榮桜櫻検檢様樣権權歓歡歩步歯齒残殘毎每浄淨済濟渇渴満滿滝瀧為為焼燒犠犧猟獵獣獸画畫癒癒県縣砕碎竜龍粋粹経經絵繪継繼緑綠"
    "縁緣縦縱縮縮繊纖缶罐聴聽脳腦臓臟芸藝茎莖薫薰虚虛蛍螢覚覺観觀訳譯証證読讀豊豐賛贊転轉軽輕辺邊逓遞遅遲酔醉醸釀釈釋鉱鑛銭錢"
    "関關険險隠隱雑雜霊靈頬頰頼賴顕顯駅驛駆驅験驗髪髮鶏雞麦麥黙默斎齋"
)

_DIGRAPHS = (
    ("ヴァ", "バ"), ("ヴィ", "ビ"), ("ヴェ", "ベ"), ("ヴォ", "ボ"), ("ヴュ", "ビユ"), ("ヴ", "ブ"), ("ティ", "チ"),
    ("ディ", "ジ"), ("テュ", "チユ"), ("デュ", "ジユ"), ("トゥ", "ツ"), ("ドゥ", "ズ"), ("ヂ", "ジ"), ("ヅ", "ズ"),
    ("ァ", "ア"), ("ィ", "イ"), ("ゥ", "ウ"), ("ェ", "エ"), ("ォ", "オ"), ("ッ", "ツ"), ("ャ", "ヤ"), ("ュ", "ユ"),
    ("ョ", "ヨ"), ("ヮ", "ワ"), ("ヵ", "カ"), ("ヶ", "ケ"), ("ヰ", "イ"), ("ヱ", "エ"), ("ヲ", "オ"),
)  # fmt: skip


def _table() -> dict[int, int | None]:
    table: dict[int, int | None] = {code: code + 0x60 for code in range(0x3041, 0x3097)}
    table |= {ord(old): ord(new) for old, new in zip(_VARIANTS[::2], _VARIANTS[1::2], strict=True) if old != new}
    table |= dict.fromkeys(map(ord, _DROPPED))
    return table


_TABLE = _table()
_SIGNS = dict.fromkeys(map(ord, "®™©℠\u00ad\u200b\u200c\u200d\ufeff"))


def clean(typed: str) -> str:
    """Width, case and accents made one; words and punctuation stay where they are."""
    text = typed.translate(_SIGNS)
    for _ in range(4):
        before = text
        apart = unicodedata.normalize("NFKD", text)
        bare = "".join(each for each in apart if each in _DAKUTEN or unicodedata.category(each)[0] not in "MC")
        text = unicodedata.normalize("NFKC", bare).casefold()
        if text == before:
            break
    return text


def key(cleaned: str) -> str:
    """The key of a text that is already clean. Keeps line breaks out, so that many can be made at once.

    >>> key(clean("Ｃｉｐｒｏ")) == key(clean("cipro"))
    True
    >>> key(clean("しぷろきさん")) == key(clean("ｼﾌﾟﾛｷｻﾝ")) == key(clean("シプロキサン"))
    True
    """
    return digraphs(cleaned.translate(_TABLE))


def digraphs(text: str) -> str:
    """Kana written in two ways made one: ヴァ and バ, ティ and チ, small and large."""
    for old, new in _DIGRAPHS:
        if old in text:
            text = text.replace(old, new)
    return text


def keys(names: list[str]) -> list[str]:
    """The keys of many names at once. They are taken as clean but for their case, as all shipped names are."""
    latin = iter(_keys([name for name in names if name.isascii()]))  # apart: ASCII alone is translated at once
    other = iter(_keys([name for name in names if not name.isascii()]))
    return [next(latin if name.isascii() else other) for name in names]


def _keys(names: list[str]) -> list[str]:
    return digraphs("\n".join(names).lower().translate(_LINES)).split("\n")


_LINES = {code: new for code, new in _TABLE.items() if code != 10}


def normalise(typed: str) -> str:
    """The key of whatever somebody typed; of its own result it is the same again."""
    return key(clean(typed))
