/* Classes of elements; contracts in html_class.h. */
#include "html/html_class.h"

bool html_class_is_table_part(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_CAPTION:
	case HTML_TAG_COLGROUP:
	case HTML_TAG_TABLE:
	case HTML_TAG_TBODY:
	case HTML_TAG_TD:
	case HTML_TAG_TEMPLATE:
	case HTML_TAG_TFOOT:
	case HTML_TAG_TH:
	case HTML_TAG_THEAD:
	case HTML_TAG_TR:
		return true;
	default:
		return false;
	}
}

bool html_class_is_table_frame(enum html_tag tag)
{
	return html_class_is_table_part(tag) && tag != HTML_TAG_CAPTION && tag != HTML_TAG_TD &&
	       tag != HTML_TAG_TH && tag != HTML_TAG_TEMPLATE;
}

bool html_class_is_table_body(enum html_tag tag)
{
	return tag == HTML_TAG_TBODY || tag == HTML_TAG_THEAD || tag == HTML_TAG_TFOOT;
}

bool html_class_is_heading(enum html_tag tag)
{
	return tag >= HTML_TAG_H1 && tag <= HTML_TAG_H6;
}

bool html_class_is_formatting(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_A:
	case HTML_TAG_B:
	case HTML_TAG_BIG:
	case HTML_TAG_CODE:
	case HTML_TAG_EM:
	case HTML_TAG_FONT:
	case HTML_TAG_I:
	case HTML_TAG_NOBR:
	case HTML_TAG_S:
	case HTML_TAG_SMALL:
	case HTML_TAG_STRIKE:
	case HTML_TAG_STRONG:
	case HTML_TAG_TT:
	case HTML_TAG_U:
		return true;
	default:
		return false;
	}
}

bool html_class_is_block(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_ADDRESS:
	case HTML_TAG_ARTICLE:
	case HTML_TAG_ASIDE:
	case HTML_TAG_BLOCKQUOTE:
	case HTML_TAG_CENTER:
	case HTML_TAG_DETAILS:
	case HTML_TAG_DIALOG:
	case HTML_TAG_DIR:
	case HTML_TAG_DIV:
	case HTML_TAG_DL:
	case HTML_TAG_FIELDSET:
	case HTML_TAG_FIGCAPTION:
	case HTML_TAG_FIGURE:
	case HTML_TAG_FOOTER:
	case HTML_TAG_HEADER:
	case HTML_TAG_HGROUP:
	case HTML_TAG_LISTING:
	case HTML_TAG_MAIN:
	case HTML_TAG_MENU:
	case HTML_TAG_NAV:
	case HTML_TAG_OL:
	case HTML_TAG_P:
	case HTML_TAG_PRE:
	case HTML_TAG_SEARCH:
	case HTML_TAG_SECTION:
	case HTML_TAG_SUMMARY:
	case HTML_TAG_UL:
		return true;
	default:
		return false;
	}
}

bool html_class_is_special(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_APPLET:
	case HTML_TAG_BODY:
	case HTML_TAG_BUTTON:
	case HTML_TAG_DD:
	case HTML_TAG_DT:
	case HTML_TAG_FORM:
	case HTML_TAG_HTML:
	case HTML_TAG_LI:
	case HTML_TAG_MARQUEE:
	case HTML_TAG_OBJECT:
	case HTML_TAG_SELECT:
	case HTML_TAG_DESC:
	case HTML_TAG_FOREIGNOBJECT:
	case HTML_TAG_MI:
	case HTML_TAG_MN:
	case HTML_TAG_MO:
	case HTML_TAG_MS:
	case HTML_TAG_MTEXT:
		return true;
	default:
		return html_class_is_block(tag) || html_class_is_heading(tag) ||
		       html_class_is_table_part(tag);
	}
}

bool html_class_breaks_out(const struct html_token *token)
{
	switch ((int)token->tag) {
	case HTML_TAG_FONT:
		return html_token_value(token, STR("color")).ptr ||
		       html_token_value(token, STR("face")).ptr ||
		       html_token_value(token, STR("size")).ptr;
	case HTML_TAG_B:
	case HTML_TAG_BIG:
	case HTML_TAG_BLOCKQUOTE:
	case HTML_TAG_BODY:
	case HTML_TAG_BR:
	case HTML_TAG_CENTER:
	case HTML_TAG_CODE:
	case HTML_TAG_DD:
	case HTML_TAG_DIV:
	case HTML_TAG_DL:
	case HTML_TAG_DT:
	case HTML_TAG_EM:
	case HTML_TAG_EMBED:
	case HTML_TAG_H1:
	case HTML_TAG_H2:
	case HTML_TAG_H3:
	case HTML_TAG_H4:
	case HTML_TAG_H5:
	case HTML_TAG_H6:
	case HTML_TAG_HEAD:
	case HTML_TAG_HR:
	case HTML_TAG_I:
	case HTML_TAG_IMG:
	case HTML_TAG_LI:
	case HTML_TAG_LISTING:
	case HTML_TAG_MENU:
	case HTML_TAG_META:
	case HTML_TAG_NOBR:
	case HTML_TAG_OL:
	case HTML_TAG_P:
	case HTML_TAG_PRE:
	case HTML_TAG_RUBY:
	case HTML_TAG_S:
	case HTML_TAG_SMALL:
	case HTML_TAG_SPAN:
	case HTML_TAG_STRONG:
	case HTML_TAG_STRIKE:
	case HTML_TAG_SUB:
	case HTML_TAG_SUP:
	case HTML_TAG_TABLE:
	case HTML_TAG_TT:
	case HTML_TAG_U:
	case HTML_TAG_UL:
	case HTML_TAG_VAR:
		return true;
	default:
		return false;
	}
}

bool html_class_closes_outside(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_BODY:
	case HTML_TAG_BR:
	case HTML_TAG_BUTTON:
	case HTML_TAG_DIV:
	case HTML_TAG_FORM:
	case HTML_TAG_HTML:
	case HTML_TAG_LABEL:
	case HTML_TAG_LI:
	case HTML_TAG_P:
	case HTML_TAG_SPAN:
	case HTML_TAG_TABLE:
	case HTML_TAG_TD:
	case HTML_TAG_TR:
	case HTML_TAG_UL:
		return true;
	default:
		return false;
	}
}

bool html_class_has_own_formatting(enum html_tag tag)
{
	return tag == HTML_TAG_TD || tag == HTML_TAG_TH || tag == HTML_TAG_CAPTION ||
	       tag == HTML_TAG_TEMPLATE || tag == HTML_TAG_OBJECT || tag == HTML_TAG_APPLET ||
	       tag == HTML_TAG_MARQUEE;
}

bool html_class_continues_formatting(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_BASE:
	case HTML_TAG_BUTTON:
	case HTML_TAG_OBJECT:
	case HTML_TAG_APPLET:
	case HTML_TAG_MARQUEE:
		return tag != HTML_TAG_BASE;
	case HTML_TAG_HR:
	case HTML_TAG_IFRAME:
	case HTML_TAG_LINK:
	case HTML_TAG_META:
	case HTML_TAG_NOEMBED:
	case HTML_TAG_NOFRAMES:
	case HTML_TAG_NOSCRIPT:
	case HTML_TAG_PARAM:
	case HTML_TAG_PLAINTEXT:
	case HTML_TAG_SCRIPT:
	case HTML_TAG_SOURCE:
	case HTML_TAG_STYLE:
	case HTML_TAG_TEMPLATE:
	case HTML_TAG_TEXTAREA:
	case HTML_TAG_TITLE:
	case HTML_TAG_TRACK:
		return false;
	default:
		return !html_class_is_special(tag);
	}
}

bool html_class_ends_itself(enum html_tag tag)
{
	return tag == HTML_TAG_P || tag == HTML_TAG_LI || tag == HTML_TAG_DD ||
	       tag == HTML_TAG_DT || tag == HTML_TAG_OPTION || tag == HTML_TAG_OPTGROUP;
}

bool html_class_bounds_scope(enum html_tag tag, enum html_scope scope)
{
	switch ((int)tag) {
	case HTML_TAG_HTML:
	case HTML_TAG_TABLE:
	case HTML_TAG_TEMPLATE:
		return true;
	case HTML_TAG_APPLET:
	case HTML_TAG_CAPTION:
	case HTML_TAG_MARQUEE:
	case HTML_TAG_OBJECT:
	case HTML_TAG_SELECT:
	case HTML_TAG_TD:
	case HTML_TAG_TH:
	case HTML_TAG_DESC:
	case HTML_TAG_FOREIGNOBJECT:
	case HTML_TAG_MI:
	case HTML_TAG_MN:
	case HTML_TAG_MO:
	case HTML_TAG_MS:
	case HTML_TAG_MTEXT:
	case HTML_TAG_TITLE:
		return scope != HTML_SCOPE_TABLE;
	case HTML_TAG_BUTTON:
		return scope == HTML_SCOPE_BUTTON;
	case HTML_TAG_OL:
	case HTML_TAG_UL:
		return scope == HTML_SCOPE_LIST;
	default:
		return false;
	}
}

bool html_class_is_inline(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_A:
	case HTML_TAG_ABBR:
	case HTML_TAG_B:
	case HTML_TAG_BIG:
	case HTML_TAG_CODE:
	case HTML_TAG_EM:
	case HTML_TAG_FONT:
	case HTML_TAG_I:
	case HTML_TAG_MARK:
	case HTML_TAG_NOBR:
	case HTML_TAG_S:
	case HTML_TAG_SMALL:
	case HTML_TAG_SPAN:
	case HTML_TAG_STRIKE:
	case HTML_TAG_STRONG:
	case HTML_TAG_SUB:
	case HTML_TAG_SUP:
	case HTML_TAG_TT:
	case HTML_TAG_U:
	case HTML_TAG_WBR:
		return true;
	default:
		return false;
	}
}
