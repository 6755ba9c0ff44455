"""The notice in Chinese, in simplified characters."""

from __future__ import annotations

from store_server.domain.notice_text import NoticeText
from store_server.wire.privacy import Purpose, PurposeNotice

TEXT = NoticeText(
    promises=(
        "没有您的同意，什么都不做。只有在这里发放并由您打开的无线设备才算数，其他一律忽略。",
        "每种用途各需一次同意。五个独立的开关，全部关闭；哪一个都不是另一个的条件，也不是在此购物的条件。",
        "拒绝与同意一样容易。点两下，一秒内生效。",
        "不留踪迹。您走过的地方，在您离开后 30 分钟内被忘记。",
        "不要姓名。我们不问姓名、电子邮件或电话号码。一张带码的卡就够了。",
        "员工屏幕上没有个人。员工看到各区域的人流，绝不会看到您的位置点、清单或路线。",
        "同样的价格，同样的商品。这里没有任何功能按您是谁来定价、设限或拒绝。",
        "您可以查看我们保存的关于您的一切及其原因，并要求删除。",
        "数据与您有关，只留在这里。不会为任何人离开本店。",
    ),
    purposes=(
        PurposeNotice(
            purpose=Purpose.GUIDANCE,
            sentence="导购屏为您指路，找到清单上的商品。",
            why="为了知道您在哪里、下一个货架是哪个。",
            data="您的清单。本次到店期间您的感应牌在哪里。",
            kept="清单保留到您清空为止，不来店最多 13 个月。带到手机上的最多 60 分钟。位置最多 30 分钟，只在内存中。",
        ),
        PurposeNotice(
            purpose=Purpose.SUGGESTIONS,
            sentence="导购屏推荐与您的清单相配的商品，并说明原因。",
            why="为了找出别的购物篮里与您清单上的商品放在一起的东西。",
            data="您的清单、本次到店您拿了什么，以及您要求不再看到什么。",
            kept="本次到店。您要求不再看到的，只要此开关打开就保留。",
        ),
        PurposeNotice(
            purpose=Purpose.CAMPAIGNS,
            sentence="可能向您显示本店的优惠。",
            why="为了在有用的地方显示优惠，而且不要太频繁。",
            data="向您显示过哪些优惠，以及何时。",
            kept="30 天。",
        ),
        PurposeNotice(
            purpose=Purpose.HEATMAP,
            sentence="您与其他人一起按区域计数。",
            why="让员工看到哪里人多。他们看到的是人群，绝不是一个人。",
            data="在一分钟的时段里，一个区域内计一次数；时段一结束就不再带有您的编号。",
            kept="几分钟。人群计数 13 个月。",
        ),
        PurposeNotice(
            purpose=Purpose.PREDICTION,
            sentence="本店可以了解您买什么，以便告诉您很快可能需要什么。",
            why="为了推测您厨房里什么快用完了。",
            data="您历次到店买了什么。",
            kept="12 个月，或到您关闭它为止。",
        ),
    ),
)
