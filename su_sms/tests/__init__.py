from .bridges import (
    test_bridges_company,
    test_bridges_forms,
    test_bridges_limit,
)
from .campaign import (
    test_campaign_audience,
    test_campaign_file,
    test_campaign_form,
    test_campaign_limits,
    test_campaign_pages,
    test_campaign_question,
    test_campaign_records,
    test_campaign_text,
    test_reasons,
)
from .campaign.rights import (
    test_campaign_access,
    test_campaign_authors,
    test_campaign_forged_form,
    test_campaign_lines,
    test_campaign_responsible,
    test_campaign_text_authors,
)
from .campaign.run import (
    test_campaign_approval,
    test_campaign_budget,
    test_campaign_growth,
    test_campaign_hours,
    test_campaign_price,
    test_campaign_run,
    test_campaign_urgent,
)
from .dashboard import (
    test_dashboard,
    test_dashboard_delivery,
    test_dashboard_gateway,
    test_movement,
    test_results,
    test_tally,
    test_waiting,
)
from .gateway import (
    test_apart,
    test_callback,
    test_copy,
    test_country,
    test_gateway,
    test_health,
    test_hold,
    test_new_gateway,
    test_payer,
    test_price,
    test_secret,
    test_test_wizard,
    test_time_warning,
    test_trust,
    test_vault,
    test_watch,
)
from .mailing import (
    test_links,
    test_mailing_rights,
    test_optout_mailing,
)
from .message import (
    test_composer_said_no,
    test_dispatch,
    test_lanes,
    test_length,
    test_lookahead,
    test_number_search,
    test_old_news,
    test_on_record,
    test_outcome,
    test_report,
    test_resend,
    test_routing,
    test_sms_status,
    test_to_many,
    test_unknown,
)
from .message.limit import test_limit, test_limit_jobs
from .optout import (
    test_blacklist,
    test_blacklist_access,
    test_blacklist_by_hand,
    test_blacklist_gate,
    test_doubtful_answer,
    test_operator_block,
    test_optout_answer,
    test_optout_link,
    test_optout_web,
    test_optout_words,
    test_shared_short_code,
    test_whose_word,
)
from .privacy import (
    test_neutralize,
    test_person_data,
    test_person_erasure,
    test_person_export,
    test_retention,
    test_statement,
)
from .security import (
    test_access,
    test_access_log,
    test_bad_input,
    test_chatter,
    test_companies,
    test_dialogs,
    test_form_matrix,
    test_leak,
    test_log,
    test_markup,
    test_matrix,
    test_rpc,
    test_strangers,
    test_user_alone,
)
from .security.forged import (
    test_defaults,
    test_emails,
    test_mails,
)
