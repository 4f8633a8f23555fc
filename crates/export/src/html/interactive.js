// Tables that can be sorted and searched, zones that light up with their row, maps that can be zoomed. Every page is complete
// without it, nothing is fetched, and nothing of the page's text is read as code.
(function () {
  'use strict';
  var zh = document.documentElement.lang.slice(0, 2) === 'zh';
  var words = zh
    ? { find: '查找…', sort: '按此列排序', nearer: '放大', farther: '缩小', whole: '全图' }
    : { find: 'Find …', sort: 'Sort by this column', nearer: 'Zoom in', farther: 'Zoom out', whole: 'Whole map' };
  var each = function (list, act) { Array.prototype.forEach.call(list, act); };

  // 6.18万人, 1,307, 95.1%, ≥ 100%: the first number of a cell; null if there is none.
  function number(text) {
    var found = /-?\d[\d,]*(\.\d+)?/.exec(text);
    if (!found) return null;
    return parseFloat(found[0].replace(/,/g, '')) * (text.charAt(found.index + found[0].length) === '万' ? 1e4 : 1);
  }

  function sortable(table) {
    var body = table.tBodies[0];
    if (!table.tHead || !body || body.rows.length < 3) return;
    each(table.tHead.rows[0].cells, function (head, column) {
      head.tabIndex = 0;
      head.title = words.sort;
      head.className += ' sortable';
      function sort() {
        var down = head.getAttribute('aria-sort') !== 'descending';
        each(table.tHead.rows[0].cells, function (other) { other.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        var rows = Array.prototype.slice.call(body.rows).map(function (row, at) {
          var text = row.cells[column] ? row.cells[column].textContent.trim() : '';
          return { row: row, at: at, text: text, number: number(text) };
        });
        var numbers = rows.every(function (of) { return of.number !== null || of.text === '' || of.text === '—'; });
        rows.sort(function (a, b) {
          if (!numbers) return (down ? -1 : 1) * a.text.localeCompare(b.text) || a.at - b.at;
          if (a.number === null || b.number === null) return (a.number === null) - (b.number === null) || a.at - b.at;
          return (down ? b.number - a.number : a.number - b.number) || a.at - b.at;
        });
        rows.forEach(function (of) { body.appendChild(of.row); });
      }
      head.addEventListener('click', sort);
      head.addEventListener('keydown', function (event) {
        if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sort(); }
      });
    });
  }

  function searchable(table) {
    var body = table.tBodies[0];
    if (!body || body.rows.length < 12) return;
    var field = document.createElement('input');
    field.type = 'search';
    field.className = 'find';
    field.placeholder = words.find;
    field.setAttribute('aria-label', words.find);
    field.addEventListener('input', function () {
      var wanted = field.value.trim().toLowerCase();
      each(body.rows, function (row) { row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0; });
    });
    table.parentNode.insertBefore(field, table);
  }

  function lightUp(name, on) {
    each(document.querySelectorAll('[data-zone]'), function (of) {
      if (of.getAttribute('data-zone') === name) of.classList.toggle('lit', on);
    });
  }

  function zoomable(figure) {
    var drawing = figure.querySelector('.sheet svg');
    if (!drawing || !drawing.viewBox || !drawing.viewBox.baseVal) return;
    var box = drawing.viewBox.baseVal;
    var all = { x: box.x, y: box.y, width: box.width, height: box.height };
    function show(x, y, width) {
      width = Math.min(all.width, Math.max(all.width / 20, width));
      box.width = width;
      box.height = width * all.height / all.width;
      box.x = Math.min(Math.max(x, all.x), all.x + all.width - box.width);
      box.y = Math.min(Math.max(y, all.y), all.y + all.height - box.height);
      drawing.classList.toggle('near', width < all.width);
    }
    function zoom(factor) {
      var width = box.width * factor;
      show(box.x + (box.width - width) / 2, box.y + (box.height - width * all.height / all.width) / 2, width);
    }
    var tools = document.createElement('div');
    tools.className = 'tools';
    [['+', words.nearer, function () { zoom(1 / 1.6); }], ['−', words.farther, function () { zoom(1.6); }],
      ['□', words.whole, function () { show(all.x, all.y, all.width); }]].forEach(function (of) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = of[0];
      button.title = of[1];
      button.setAttribute('aria-label', of[1]);
      button.addEventListener('click', of[2]);
      tools.appendChild(button);
    });
    figure.insertBefore(tools, figure.firstChild);
    var from = null;
    drawing.addEventListener('pointerdown', function (event) {
      if (box.width < all.width) from = { x: event.clientX, y: event.clientY, left: box.x, top: box.y };
    });
    drawing.addEventListener('pointermove', function (event) {
      if (!from) return;
      var unit = box.width / drawing.getBoundingClientRect().width;
      show(from.left - (event.clientX - from.x) * unit, from.top - (event.clientY - from.y) * unit, box.width);
    });
    window.addEventListener('pointerup', function () { from = null; });
    window.addEventListener('beforeprint', function () { show(all.x, all.y, all.width); });
  }

  each(document.querySelectorAll('.wide table'), function (table) { sortable(table); searchable(table); });
  each(document.querySelectorAll('figure.map'), zoomable);
  each(document.querySelectorAll('[data-zone]'), function (of) {
    of.addEventListener('mouseenter', function () { lightUp(of.getAttribute('data-zone'), true); });
    of.addEventListener('mouseleave', function () { lightUp(of.getAttribute('data-zone'), false); });
  });
})();
