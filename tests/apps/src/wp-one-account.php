<?php
// All users of a load test log in with one account. WordPress stores the sessions of an account, its
// preferences, and the number of its next quick draft in one value each, which users at the same time
// overwrite; it reports an error to the second of two users who store equal preferences.
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
// Each session has its own preferences.
function bed_preferences_key($key) {
    $token = wp_get_session_token();
    return $token && preg_match('/persisted_preferences$/', $key) ? $key . '_' . $token : null;
}
add_filter('get_user_metadata', function ($value, $user, $key) {
    $own = bed_preferences_key($key);
    return $own ? get_user_meta($user, $own, false) : $value;
}, 10, 3);
add_filter('update_user_metadata', function ($check, $user, $key, $value) {
    $own = bed_preferences_key($key);
    return $own ? (bool) update_user_meta($user, $own, $value) : $check;
}, 10, 4);
