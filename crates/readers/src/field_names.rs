//! The names that a field may have in a file: lifering's own, and the usual Chinese and English ones.
//!
//! In: a layer. Out: its fields, each with its other names.

use lifering_base::records::Layer;

/// lifering's name of a field and its other names in files.
pub type FieldNames = (&'static str, &'static [&'static str]);

const ID: FieldNames = ("id", &["ID", "fid", "编号", "编码", "代码", "code", "osm_id"]);
const NAME: FieldNames = ("name", &["Name", "NAME", "名称", "站点名称", "站名", "机构名称", "name_zh"]);
const KIND: FieldNames = ("kind", &["类型", "类别", "站点类型", "机构类型", "type"]);
const BEDS: FieldNames = ("beds", &["床位", "床位数"]);
const DECONTAMINATION: FieldNames = ("decontamination", &["洗消中心", "洗消", "标准化洗消中心"]);
const POPULATION: FieldNames = (
    "population",
    &["人口", "常住人口", "人口数", "pop", "POP", "总人口", "人口密度", "population_density", "pop_density"],
);
/// Names of densities: people on a square kilometre, whatever the heading says.
pub const DENSITIES: &[&str] = &["人口密度", "population_density", "pop_density"];
/// The year in which a site came into use where and as it stands; a date will do.
const OPENED: FieldNames =
    ("opened", &["启用年份", "投用年份", "建成年份", "启用时间", "投用时间", "建成时间", "启用日期", "opened_year"]);
/// The same of the decontamination centre of a site.
const DECONTAMINATION_OPENED: FieldNames = ("decontamination_opened", &["洗消启用年份"]);
const URBAN: FieldNames = ("urban", &["城镇", "是否城镇", "城区"]);

/// Fields of hospitals, health centres and clinics.
const FACILITIES: &[FieldNames] = &[
    ID,
    NAME,
    KIND,
    ("level", &["等级", "医院等级", "级别"]),
    BEDS,
    ("nursing_beds", &["护理床位", "护理床位数"]),
    ("tcm_beds", &["中医床位", "中医床位数"]),
    ("infectious_beds", &["传染病床位", "传染病床位数"]),
    ("negative_pressure_beds", &["负压床位", "负压床位数"]),
    ("hospital_type", &["医院类别", "医院类型"]),
    ("private", &["社会办医", "民营", "是否民营"]),
    OPENED,
    DECONTAMINATION,
    DECONTAMINATION_OPENED,
    ("ems_network", &["纳入院前急救", "纳入院前急救体系"]),
    ("ems_capable", &["具备急救条件"]),
    ("integrated", &["一体化", "是否一体化", "乡村一体化"]),
    ("fever_room", &["发热诊室", "发热哨点", "发热（哨点）诊室"]),
    ("fever_clinic", &["发热门诊"]),
    ("respiratory_clinic", &["呼吸门诊"]),
    ("enteric_clinic", &["肠道门诊"]),
    ("independent_ct", &["独立CT", "独立ＣＴ"]),
    ("observation_room", &["观察室", "留观室"]),
    ("chest_pain_center", &["胸痛中心"]),
    ("stroke_center", &["卒中中心"]),
    ("trauma_center", &["创伤中心"]),
    ("maternal_rescue_center", &["危重孕产妇救治中心"]),
    ("newborn_rescue_center", &["危重新生儿救治中心"]),
    ("neurology_center", &["神经医学中心"]),
    ("digestive_center", &["消化中心"]),
    ("respiratory_department", &["呼吸学科", "呼吸科"]),
    ("geriatrics", &["老年医学科"]),
    ("rehabilitation", &["康复医学科", "康复科"]),
    ("icu_opened", &["重症病房启用年份", "重症病区启用年份"]),
    ("early_development", &["儿童早期发展"]),
    ("recommended_grade", &["国家推荐标准", "推荐标准"]),
    ("special_department", &["特色科室", "特色专科"]),
    ("vaccination", &["预防接种门诊"]),
    ("digital_vaccination", &["数字化预防接种门诊"]),
    ("epidemic_base", &["重大疫情救治基地"]),
    ("medical_sub_center", &["医疗次中心"]),
    ("tcm", &["中医馆"]),
    ("tcm_doctor", &["中医医师"]),
    ("tcm_techniques", &["6类以上中医药技术"]),
    ("hospital_link", &["院前院内互联互通"]),
];

/// Fields of extra layers that rules of the embedded standards ask for.
const EXTRA: &[FieldNames] = &[
    ID,
    NAME,
    KIND,
    // For records without a place: the id or name of the unit they belong to.
    ("unit", &["所属单元", "所属镇街", "所在镇街", "镇（街道）", "乡镇", "所属区", "所在区"]),
    BEDS,
    OPENED,
    ("permanent", &["永久性", "是否永久"]),
    ("residents", &["入住人数", "入住老人数", "在住老人数"]),
    ("places_per_1000", &["每千人托位数"]),
    ("signed", &["签约医疗服务", "签约"]),
    ("in_house", &["内设医疗机构"]),
    ("medical_beds", &["医疗床位", "医疗床位数"]),
    ("epidemiologists", &["流调人员", "流行病学调查人员"]),
    ("rooms", &["房间数", "隔离房间数", "间数"]),
    ("places", &["托位", "托位数"]),
    ("demonstration", &["示范", "示范机构"]),
    ("medical_care", &["医疗服务", "提供医疗服务"]),
    ("integrated", &["医养结合"]),
    ("doctors", &["执业（助理）医师", "执业医师", "医师"]),
    ("nurses", &["注册护士", "执业护士", "护士"]),
    ("technicians", &["卫生技术人员", "卫技人员"]),
    ("cdc", &["疾控人员"]),
    ("gps", &["全科医生"]),
    ("answer_s", &["接听时长", "接听秒数", "接听用时"]),
    ("turnout_s", &["出车时长", "出车时间", "出车用时"]),
    ("arrival_s", &["到达时长", "反应时间", "响应时间"]),
    ("served", &["是否满足", "满足呼叫", "是否派车"]),
    ("priority", &["优先级"]),
];

/// The fields a layer may have.
pub fn known(layer: Layer) -> &'static [FieldNames] {
    match layer {
        Layer::Boundary | Layer::Barriers | Layer::Closures => &[ID, NAME],
        Layer::Units => &[ID, NAME, KIND, ("level", &["级别", "层级", "行政级别"]), POPULATION, URBAN],
        Layer::Population => &[ID, POPULATION, URBAN],
        Layer::Roads => &[
            ID,
            NAME,
            ("highway", &["class", "fclass", "道路等级", "道路类型", "等级"]),
            ("oneway", &["单行", "单行线", "是否单行"]),
            ("maxspeed", &["限速", "设计限速"]),
            ("speed_kmh", &["速度", "实测速度", "车速"]),
            ("bridge", &["桥梁", "是否桥梁"]),
            ("tunnel", &["隧道", "是否隧道"]),
            ("layer", &["层"]),
            ("junction", &["路口"]),
            ("access", &["通行"]),
            ("access:forward", &[]),
            ("access:backward", &[]),
            ("vehicle", &["车辆通行"]),
            ("vehicle:forward", &[]),
            ("vehicle:backward", &[]),
            ("motor_vehicle", &["机动车", "机动车通行"]),
            ("motor_vehicle:forward", &[]),
            ("motor_vehicle:backward", &[]),
            ("motorcar", &["汽车", "汽车通行"]),
            ("motorcar:forward", &[]),
            ("motorcar:backward", &[]),
            ("emergency", &["应急通行", "急救通行", "应急车辆"]),
            ("emergency:forward", &[]),
            ("emergency:backward", &[]),
            ("foot", &["步行", "行人通行"]),
            ("oneway:emergency", &[]),
            ("oneway:motor_vehicle", &[]),
            ("motorroad", &["汽车专用", "汽车专用路"]),
            ("route", &["路线类型"]),
            ("duration", &["航时", "渡运时长"]),
            ("access:conditional", &[]),
            ("vehicle:conditional", &[]),
            ("motor_vehicle:conditional", &["限行时段", "限时通行"]),
            ("motorcar:conditional", &[]),
            ("emergency:conditional", &[]),
        ],
        Layer::RoadBarriers => &[
            ID,
            NAME,
            ("barrier", &["障碍", "障碍类型", "路障"]),
            ("highway", &["信号灯"]),
            ("emergency", &["应急通行", "急救通行", "应急车辆"]),
            ("motorcar", &["汽车", "汽车通行"]),
            ("motor_vehicle", &["机动车", "机动车通行"]),
            ("vehicle", &["车辆通行"]),
            ("access", &["通行"]),
            ("locked", &["上锁", "是否上锁"]),
            ("maxheight", &["限高"]),
        ],
        Layer::Turns => &[
            ID,
            NAME,
            ("kind", &["restriction", "限制", "转向限制", "类型"]),
            ("from", &["起始道路", "驶入道路"]),
            ("via", &["途经", "途经道路"]),
            ("to", &["目标道路", "驶出道路"]),
            ("except", &["例外", "除外"]),
            ("conditional", &["时段", "限制时段"]),
        ],
        Layer::Stations | Layer::Neighbours => &[
            ID,
            NAME,
            KIND,
            ("ambulances", &["救护车数量", "救护车", "车辆数", "救护车辆数"]),
            ("negative_pressure", &["负压救护车", "负压救护车数量", "负压车"]),
            DECONTAMINATION,
            DECONTAMINATION_OPENED,
            OPENED,
            ("turnout_s", &["出车时间", "出车时间秒"]),
            ("sub_center", &["急救分中心", "所属分中心", "分中心"]),
        ],
        Layer::Facilities => FACILITIES,
        Layer::Aeds => &[
            ID,
            NAME,
            ("count", &["数量", "台数", "AED数量"]),
            ("hours", &["开放时间"]),
            ("indoor", &["室内", "是否室内"]),
        ],
        Layer::Candidates => &[ID, NAME, ("cost", &["费用", "造价", "成本"]), ("capacity", &["容量"])],
        Layer::Extra => EXTRA,
    }
}
