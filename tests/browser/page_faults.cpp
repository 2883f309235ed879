#include "page_faults.hpp"

#include <boost/json/array.hpp>

namespace test {
namespace {

// Each returns an array of texts.
constexpr auto wider_than_window = R"(
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
  return ['the page is ' + root.scrollWidth + ' px wide in a window of ' + innerWidth + ': ' +
          wide.slice(0, 3).map(e => e.tagName + '.' + (e.getAttribute('class') || '')).join(', ')];
)";

constexpr auto tiny_text = R"(
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('script, style, title') || !element.checkVisibility()) continue;
    const matrix = element.getScreenCTM ? element.getScreenCTM() : null;
    const scale = matrix ? Math.hypot(matrix.a, matrix.b) : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < 8.95) out.push('text of ' + size.toFixed(1) + ' px: ' + element.textContent.trim().slice(0, 30));
  }
  return out.slice(0, 5);
)";

constexpr auto faint_text = R"(
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const rgba = text => (text.match(/[\d.]+/g) || []).map(Number);
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const plain = text => /^rgba?\(/.test(text);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches &&
               getComputedStyle(document.documentElement).colorScheme.includes('dark');
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') return null;
      const colour = style.backgroundColor;
      if (!plain(colour)) return null;
      const c = rgba(colour);
      if (c.length < 4 || c[3] === 1) return c;
      if (c[3] !== 0) return null;
    }
    return dark ? [18, 18, 18] : [255, 255, 255];
  };
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('script, style, title') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const paper = behind(element);
    if (!paper || !plain(ink)) continue;
    const a = light(rgba(ink)), b = light(paper);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 3) out.push('contrast ' + contrast.toFixed(1) + ': ' + walker.currentNode.data.trim().slice(0, 40));
  }
  return [...new Set(out)].slice(0, 5);
)";

void add_texts(Browser& browser, const char* script, std::vector<std::string>& to) {
  const boost::json::value texts = browser.script(script);
  for (const boost::json::value& text : texts.as_array()) to.emplace_back(text.as_string());
}

}  // namespace

std::vector<std::string> page_faults(Browser& browser, const std::string& own) {
  std::vector<std::string> out = browser.complaints();
  for (const std::string& url : browser.requests())
    if (!url.starts_with(own)) out.push_back("asked for " + url);
  for (const char* script : {wider_than_window, tiny_text, faint_text}) add_texts(browser, script, out);
  return out;
}

}  // namespace test
