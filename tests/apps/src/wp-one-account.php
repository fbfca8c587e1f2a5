<?php
// All users of a load test log in with one account. WordPress stores the sessions of an account, and
// the number of its next quick draft, in one value each, which users at the same time overwrite.
class Bed_Session_Tokens extends WP_Session_Tokens {
    protected function get_sessions() {
        return [];
    }
    protected function get_session($verifier) {
        return get_user_meta($this->user_id, 'session_' . $verifier, true) ?: null;
    }
    protected function update_session($verifier, $session = null) {
        if ($session) {
            update_user_meta($this->user_id, 'session_' . $verifier, $session);
        } else {
            delete_user_meta($this->user_id, 'session_' . $verifier);
        }
    }
    protected function destroy_other_sessions($verifier) {
    }
    protected function destroy_all_sessions() {
    }
}
add_filter('session_token_manager', function () {
    return 'Bed_Session_Tokens';
});
// Each dashboard makes a new quick draft.
add_filter('get_user_option_dashboard_quick_press_last_post_id', '__return_false');
