/* Built from frontend/ by npm run build. Contains parts of govuk-frontend 6.3.0, MIT License, see frontend/govuk-frontend-LICENSE.txt. Sources 1849ee65f089a5cb */
(()=>{var e=location.hash.slice(1).replace(/[^0-9]/g,""),t=document.getElementById("code");t&&e.length===20&&(t.value=e.match(/.{4}/g).join(" "),history.replaceState(null,"",location.pathname));})();
